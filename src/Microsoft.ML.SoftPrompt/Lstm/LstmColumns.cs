using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt.Lstm;

/// <summary>The names of the columns that scoring reads.</summary>
/// <param name="Features">The series.</param>
/// <param name="Time">Their times; null for equal steps.</param>
/// <param name="Group">What shares a scale; null where all do.</param>
internal sealed record LstmColumnNames(string Features, string? Time, string? Group);

/// <summary>The columns that scoring reads, found and checked.</summary>
internal sealed class LstmColumns
{
    private const string TimeRole = "time";
    private const string TimeType = "a vector of Single or Double";

    public LstmColumns(DataViewSchema schema, LstmColumnNames names)
    {
        Features = SeriesColumn.Find(schema, names.Features);
        if (names.Time is not null)
        {
            Time = SchemaErrors.Find(schema, names.Time, TimeRole);
            if (Time.Value.Type is not VectorDataViewType vector || !IsTime(vector.ItemType))
                throw SchemaErrors.WrongType(Time.Value, TimeRole, TimeType);
        }
        Group = names.Group is null ? null : GroupColumn.Find(schema, names.Group);
    }

    public DataViewSchema.Column Features { get; }

    public DataViewSchema.Column? Time { get; }

    public DataViewSchema.Column? Group { get; }

    public IEnumerable<DataViewSchema.Column> All => new[] { Features, Time, Group }.Where(column => column is not null).Select(column => column!.Value);

    /// <summary>Values in every series; 0 where series differ in length.</summary>
    public int Length => ((VectorDataViewType)Features.Type).Size;

    /// <summary>Checks the shape that an estimator chain promises, and gives whether series have one length.</summary>
    public static SchemaShape.Column.VectorKind CheckShape(SchemaShape shape, LstmColumnNames names)
    {
        if (names.Time is not null)
        {
            var time = SchemaErrors.Find(shape, names.Time, TimeRole);
            if (time.Kind == SchemaShape.Column.VectorKind.Scalar || time.IsKey || !IsTime(time.ItemType))
                throw SchemaErrors.WrongType(time, TimeRole, TimeType);
        }
        if (names.Group is not null)
            GroupColumn.Find(shape, names.Group);
        return SeriesColumn.Find(shape, names.Features).Kind;
    }

    public LstmRowReader Open(DataViewRow row) => new(row, this);

    private static bool IsTime(DataViewType type) => type.Equals(NumberDataViewType.Single) || type.Equals(NumberDataViewType.Double);
}

/// <summary>Reads the current row's series, and refuses a malformed one.</summary>
internal sealed class LstmRowReader
{
    private readonly DataViewRow _row;
    private readonly LstmColumns _columns;
    private readonly VectorReader<float> _values;
    private readonly Func<double[]>? _times;
    private readonly GroupColumn? _group;

    public LstmRowReader(DataViewRow row, LstmColumns columns)
    {
        (_row, _columns) = (row, columns);
        _values = new VectorReader<float>(row, columns.Features);
        _group = columns.Group is { } group ? GroupColumn.Open(row, group) : null;
        if (columns.Time is not { } time)
            return;
        if (((VectorDataViewType)time.Type).ItemType.Equals(NumberDataViewType.Double))
            _times = new VectorReader<double>(row, time) is var doubles ? () => doubles.Read().ToArray() : null;
        else
            _times = new VectorReader<float>(row, time) is var singles ? () => Array.ConvertAll(singles.Read().ToArray(), t => (double)t) : null;
    }

    /// <summary>Reads the current row.</summary>
    /// <param name="labels">Its labels; none where it is to be scored.</param>
    /// <param name="labelKind">What a label belongs to.</param>
    /// <exception cref="InvalidOperationException">The series has no value or an infinite one, its times do not fit, or it has not as many labels as values or one.</exception>
    public LabeledSeries Read(bool[]? labels, Training.LabelKind labelKind)
    {
        float[] values = _values.Read().ToArray();
        double[] times = _times?.Invoke() ?? [];
        if (_times is not null && times.Length != values.Length)
            throw new InvalidOperationException($"Row {_row.Position} (from 0) has {values.Length} values in column '{_columns.Features.Name}' and {times.Length} times in column '{_columns.Time!.Value.Name}'; expected a time for each.");
        // Times count from the first: what the clock says tells nothing of a series.
        double first = times.Length > 0 ? times[0] : 0;
        var series = new LabeledSeries(values, labels ?? new bool[labelKind == Training.LabelKind.Series ? 1 : values.Length])
        {
            Times = Array.ConvertAll(times, time => time - first),
            Group = _group?.Read().ToString() ?? "",
        };
        return LabeledSeriesCheck.Fault(series, labelKind) is { } fault
            ? throw new InvalidOperationException($"The series in column '{_columns.Features.Name}', row {_row.Position} (from 0), {fault}")
            : series;
    }
}
