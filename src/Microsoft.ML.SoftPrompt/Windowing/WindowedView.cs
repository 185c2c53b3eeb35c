using Microsoft.ML.Runtime;
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

    public WindowedView(IHostEnvironment environment, IDataView input, WindowSeriesOptions options)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _readings = input;
        Plan = options.CreatePlan(environment);
        Labeling = new WindowLabeling(options.LabelRule, options.LabelFraction ?? 0);
        Columns = new ReadingColumns(input.Schema, options);
        var survey = ReadingSurvey.Read(input, Columns, Plan, options.AllowUnordered);
        _windowCount = survey.WindowCount;
        LongestWindow = survey.LongestWindow;
        Schema = Columns.CreateWindowSchema(Plan.MinimumSize == Plan.MaximumSize && survey.ShortestWindow == Plan.MaximumSize ? Plan.MaximumSize : 0);
        using var channel = environment.Start(nameof(SoftPromptCatalog.WindowSeries));
        survey.Report(channel, options);
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    internal WindowPlan Plan { get; }

    internal WindowLabeling Labeling { get; }

    internal int LongestWindow { get; }

    internal ReadingColumns Columns { get; }

    public long? GetRowCount() => _windowCount;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var active = columnsNeeded.Select(column => column.Name).ToHashSet();
        return new WindowCursor(this, _readings.GetRowCursor(Columns.GetDependencies(active)), active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
