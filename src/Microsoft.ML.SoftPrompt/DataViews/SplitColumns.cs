using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Series;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>The columns that decide which rows are held out for validation, found and checked: the same for all stages that hold rows out.</summary>
internal sealed class SplitColumns
{
    private const string SamplingKeyRole = "sampling key";
    private const string StartRole = "window start";
    private const string StartType = "Int64, the index of the window's first reading within its series";

    public SplitColumns(DataViewSchema schema, string? samplingKey, string? group, string? start)
    {
        SamplingKey = samplingKey is null ? null : GroupColumn.Find(schema, samplingKey, SamplingKeyRole);
        Group = group is null ? null : GroupColumn.Find(schema, group);
        HoldsOutEndOfEachGroup = samplingKey is null && group is not null;
        if (start is null)
        {
            (Start, var windowGroup) = WindowStart.Find(schema);
            Group ??= windowGroup;
            return;
        }
        Start = SchemaErrors.Find(schema, start, StartRole);
        if (!Start.Value.Type.Equals(NumberDataViewType.Int64))
            throw SchemaErrors.WrongType(Start.Value, StartRole, StartType);
    }

    /// <summary>Whether the last rows of each group are held out, rather than the last of all.</summary>
    public bool HoldsOutEndOfEachGroup { get; }

    public DataViewSchema.Column? SamplingKey { get; }

    public DataViewSchema.Column? Group { get; }

    public DataViewSchema.Column? Start { get; }

    public IEnumerable<DataViewSchema.Column> All => new[] { SamplingKey, Group, Start }.Where(column => column is not null).Select(column => column!.Value);

    public static void CheckShape(SchemaShape shape, string? samplingKey, string? group, string? start)
    {
        if (samplingKey is not null)
            GroupColumn.Find(shape, samplingKey, SamplingKeyRole);
        if (group is not null)
            GroupColumn.Find(shape, group);
        if (start is not null && SchemaErrors.Find(shape, start, StartRole) is var column && (column.Kind != SchemaShape.Column.VectorKind.Scalar || column.IsKey || !column.ItemType.Equals(NumberDataViewType.Int64)))
            throw SchemaErrors.WrongType(column, StartRole, StartType);
    }

    public SplitRowReader Open(DataViewRow row) => new(row, this);
}

/// <summary>Reads what a split has to know of the current row.</summary>
internal sealed class SplitRowReader(DataViewRow row, SplitColumns columns)
{
    private readonly GroupColumn? _samplingKey = columns.SamplingKey is { } key ? GroupColumn.Open(row, key) : null;
    private readonly GroupColumn? _group = columns.Group is { } group ? GroupColumn.Open(row, group) : null;
    private readonly ValueGetter<long>? _start = columns.Start is { } start ? row.GetGetter<long>(start) : null;

    /// <summary>Reads the current row.</summary>
    /// <param name="hasAnomaly">Whether a label of it is anomalous.</param>
    /// <param name="hasNormal">Whether a label of it is normal.</param>
    /// <param name="length">Values in its series.</param>
    public SplitRow Read(bool hasAnomaly, bool hasNormal, int length)
    {
        long start = 0;
        _start?.Invoke(ref start);
        return new SplitRow(hasAnomaly, hasNormal, _samplingKey?.Read().ToString(), _group?.Read().ToString(), _start is null ? null : new SeriesWindow(start, length));
    }
}
