using System.Globalization;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt;

/// <summary>How readings are cut into windows, for <see cref="Microsoft.ML.SoftPromptCatalog.WindowSeries(DataOperationsCatalog, IDataView, WindowSeriesOptions)"/>.</summary>
public sealed class WindowSeriesOptions
{
    /// <summary>Gets or sets the name of the vector of Single that holds a window's values.</summary>
    /// <value>The default is <c>Series</c>.</value>
    public string OutputColumnName { get; set; } = "Series";

    /// <summary>Gets or sets the name of the column of readings, Single. NaN is a missing value; ±∞ is refused.</summary>
    /// <value>The default is <see langword="null"/>: the same name as <see cref="OutputColumnName"/>.</value>
    public string? InputColumnName { get; set; }

    /// <summary>Gets or sets the name of the column that labels each reading, Boolean or Single (0 or 1).</summary>
    /// <value>The default is <see langword="null"/>: data without labels, and no label column in the output.</value>
    public string? LabelColumnName { get; set; }

    /// <summary>Gets or sets the name of the label column in the output; it keeps the type of the input's labels.</summary>
    /// <value>The default is <c>Label</c>.</value>
    public string OutputLabelColumnName { get; set; } = "Label";

    /// <summary>Gets or sets when a window is anomalous, given the labels of its readings. Without <see cref="LabelColumnName"/> it has no effect.</summary>
    /// <value>The default is <see cref="WindowLabelRule.Any"/>: when any of its readings is.</value>
    public WindowLabelRule LabelRule { get; set; } = WindowLabelRule.Any;

    /// <summary>Gets or sets the share of a window's readings from which on the window is anomalous, for <see cref="WindowLabelRule.Fraction"/> and for no other rule.</summary>
    /// <value>Above 0, up to 1; the default is <see langword="null"/>.</value>
    public double? LabelFraction { get; set; }

    /// <summary>Gets or sets whether a window keeps the label of every reading, as a vector of the window's length, in place of one label by <see cref="LabelRule"/>. Without <see cref="LabelColumnName"/> it has no effect.</summary>
    /// <value>The default is <see langword="false"/>. Not together with another <see cref="LabelRule"/> than <see cref="WindowLabelRule.Any"/>.</value>
    public bool PointLabels { get; set; }

    /// <summary>
    /// Gets or sets the name of the column that says which series a reading belongs to (text, an integer, a Boolean or a key). A window
    /// never spans two groups; readings of different groups may be mixed.
    /// </summary>
    /// <value>The default is <see langword="null"/>: all readings are one series.</value>
    public string? GroupColumnName { get; set; }

    /// <summary>
    /// Gets or sets the name of the column by which the readings of each group are in order (DateTime, DateTimeOffset, TimeSpan, Int32,
    /// Int64, Single or Double): a reading that goes back is refused, equal values are in order. The output's column <c>StartTime</c> is this
    /// column's value at a window's first reading, in the column's own type.
    /// </summary>
    /// <value>The default is <see langword="null"/>: the order is not checked, and there is no <c>StartTime</c>.</value>
    public string? OrderColumnName { get; set; }

    /// <summary>Gets or sets whether readings that go back in <see cref="OrderColumnName"/> are taken as they come, counted and reported as a warning. Without that column it has no effect.</summary>
    /// <value>The default is <see langword="false"/>: the first such reading is refused.</value>
    public bool AllowUnordered { get; set; }

    /// <summary>Gets or sets the number of readings in a window, or in the longest one where <see cref="MinimumWindowSize"/> is set.</summary>
    /// <value>At least 1; the default is 50.</value>
    public int WindowSize { get; set; } = 50;

    /// <summary>
    /// Gets or sets the number of readings in the shortest window. Where it is set, the size of each window is drawn uniformly from it to
    /// <see cref="WindowSize"/>, both included, and windows are laid end to end. The sizes in a group depend on <see cref="Seed"/> and the
    /// group alone.
    /// </summary>
    /// <value>1 to <see cref="WindowSize"/>; the default is <see langword="null"/>: all windows have the same size.</value>
    public int? MinimumWindowSize { get; set; }

    /// <summary>Gets or sets the number of readings from the start of one window to the start of the next. Windows of drawn sizes take none.</summary>
    /// <value>At least 1; the default is <see langword="null"/>: 10, or end to end where <see cref="MinimumWindowSize"/> is set.</value>
    public int? Stride { get; set; }

    /// <summary>Gets or sets the seed of the drawn window sizes. Where <see cref="MinimumWindowSize"/> is not set it has no effect.</summary>
    /// <value>The default is <see langword="null"/>: drawn from the MLContext once, which repeats when the context has a seed and stages are made in the same order.</value>
    public int? Seed { get; set; }

    /// <summary>Gets or sets what becomes of readings behind a group's last full window.</summary>
    /// <value>The default is <see cref="SoftPrompt.TrailingReadings.Drop"/>.</value>
    public TrailingReadings TrailingReadings { get; set; } = TrailingReadings.Drop;

    internal const int DefaultStride = 10;

    internal WindowPlan CreatePlan(IHostEnvironment environment) => MinimumWindowSize is { } minimum
        ? WindowPlan.Variable(minimum, WindowSize, TrailingReadings, Seed ?? environment.Register(nameof(SoftPromptCatalog.WindowSeries)).Rand.Next())
        : WindowPlan.Fixed(WindowSize, Stride ?? DefaultStride, TrailingReadings);

    internal void Validate()
    {
        var faults = new OptionFaults(nameof(WindowSeriesOptions));
        faults.Check(WindowSize >= 1, nameof(WindowSize), WindowSize, "at least 1");
        faults.Check(MinimumWindowSize is null || MinimumWindowSize >= 1 && MinimumWindowSize <= WindowSize, nameof(MinimumWindowSize), MinimumWindowSize, $"1 to WindowSize, {WindowSize}");
        faults.Check(Stride is null or >= 1, nameof(Stride), Stride, "at least 1");
        if (Stride is not null && MinimumWindowSize is not null)
            faults.Add($"Stride is {Stride} and MinimumWindowSize {MinimumWindowSize}; windows of drawn sizes are laid end to end. Leave one of the two null.");
        faults.CheckColumn(OutputColumnName, nameof(OutputColumnName));
        faults.CheckOptionalColumn(InputColumnName, nameof(InputColumnName));
        faults.CheckOptionalColumn(LabelColumnName, nameof(LabelColumnName));
        if (LabelColumnName is not null)
            faults.CheckColumn(OutputLabelColumnName, nameof(OutputLabelColumnName));
        faults.CheckOptionalColumn(GroupColumnName, nameof(GroupColumnName));
        faults.CheckOptionalColumn(OrderColumnName, nameof(OrderColumnName));
        ValidateLabels(faults);
        faults.CheckKind(TrailingReadings, nameof(TrailingReadings));
        faults.ThrowIfAny();
    }

    private void ValidateLabels(OptionFaults faults)
    {
        faults.CheckKind(LabelRule, nameof(LabelRule));
        if (PointLabels && LabelRule != WindowLabelRule.Any)
            faults.Add($"PointLabels is set, and LabelRule is {LabelRule}; a window keeps its readings' labels or gets one by a rule. Leave one of the two out.");
        if (LabelRule == WindowLabelRule.Fraction)
        {
            // Written so that NaN and null are faults.
            if (!(LabelFraction > 0 && LabelFraction <= 1))
                faults.Add($"LabelFraction is {LabelFraction?.ToString(CultureInfo.InvariantCulture) ?? "null"}; LabelRule Fraction expects above 0, up to 1.");
        }
        else if (LabelFraction is not null)
            faults.Add(FormattableString.Invariant($"LabelFraction is {LabelFraction}, and LabelRule is {LabelRule}; only Fraction takes one."));
    }
}
