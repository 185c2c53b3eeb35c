using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt.Windowing;

/// <summary>
/// A row a window of the readings. The readings are looked through once when the view is made, to count and check them; windows are cut
/// anew by each cursor, which keeps one window of readings for each group and no more.
/// </summary>
internal sealed class WindowedView : IDataView
{
    private readonly IDataView _readings;
    private readonly long _windowCount;

    public WindowedView(IHostEnvironment environment, IDataView readings, WindowSeriesOptions options)
    {
        ArgumentNullException.ThrowIfNull(readings);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _readings = readings;
        Plan = new WindowPlan(options.WindowSize, options.Stride, options.TrailingReadings);
        Columns = new ReadingColumns(readings.Schema, options);
        var survey = ReadingSurvey.Read(readings, Columns, Plan);
        _windowCount = survey.WindowCount;
        LongestWindow = survey.LongestWindow;
        Schema = CreateSchema(options, Columns, survey.AllWindowsFull ? options.WindowSize : 0);
        using var channel = environment.Start(nameof(SoftPromptCatalog.WindowSeries));
        survey.Report(channel, options);
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    internal WindowPlan Plan { get; }

    internal int LongestWindow { get; }

    internal ReadingColumns Columns { get; }

    public long? GetRowCount() => _windowCount;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var active = columnsNeeded.Select(column => column.Name).ToHashSet();
        return new WindowCursor(this, _readings.GetRowCursor(Columns.All), active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private static DataViewSchema CreateSchema(WindowSeriesOptions options, ReadingColumns columns, int windowSize)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(options.OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, windowSize));
        if (columns.Label is { } label)
        {
            var type = (PrimitiveDataViewType)label.Type;
            builder.AddColumn(options.OutputLabelColumnName, options.PointLabels ? new VectorDataViewType(type, windowSize) : type);
        }
        if (columns.Group is { } group)
            builder.AddColumn(group.Name, group.Type, group.Annotations);
        builder.AddColumn(WindowStart.ColumnName, NumberDataViewType.Int64, WindowStart.Annotate(columns.Group?.Name));
        var schema = builder.ToSchema();
        if (schema.Select(column => column.Name).Distinct().Count() < schema.Count)
            throw new ArgumentException($"{nameof(WindowSeriesOptions)}: the output's columns would be {string.Join(", ", schema.Select(column => $"'{column.Name}'"))}; two of them have the same name. Choose another OutputColumnName or OutputLabelColumnName.", nameof(options));
        return schema;
    }
}
