using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.Balancing;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Persistence;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// Adds synthetic series of the class with fewer rows to those that train (T-SMOTE as in SPEAR, eq. (4)):
/// <c>x_syn = x_i + λ (x_nn − x_i)</c>, where x_nn is one of the k nearest neighbours of x_i within the class and λ is uniform in [0, 1).
/// </summary>
/// <remarks>
/// <para>Made by <see cref="SoftPromptCatalog.BalanceTSmote(TransformsCatalog, string, string, string, int, double)"/>. Input: a vector of
/// Single or Double of any length, interpolated in place, and a label a row. Output: the same columns, and <c>IsSynthetic</c> and
/// <c>IsValidation</c> (Boolean).</para>
/// <para>Rows are held out for validation before any series is made, so that none is made from a row that validates;
/// <see cref="SoftPromptAnomalyTrainer"/> keeps that split. The ratio is that of the rows that train.</para>
/// <para>Synthetic rows reach only the stages that the same chain fits after this one. The minority series take turns as x_i, so that no two
/// differ by more than one in how often they did.</para>
/// </remarks>
public sealed class TSmoteBalancer : IEstimator<TSmoteBalancingTransformer>
{
    private readonly IHost _host;
    private readonly Options _options;

    internal TSmoteBalancer(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _host = environment.Register(nameof(TSmoteBalancer));
        _options = options.Copy();
        _options.Seed ??= _host.Rand.Next();
    }

    /// <summary>
    /// Reads the data once, works out what a chain will be given, and says so in the log. What is fitted are the options and the seed alone;
    /// the balanced rows are made anew for each view.
    /// </summary>
    /// <param name="input">Data with the series, the labels and the columns that decide the split.</param>
    /// <returns>The fitted transformer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The data has no rows, an empty series, an infinity, a label that is neither 0 nor 1, only one class among the rows that train, too few neighbours, or was balanced before.</exception>
    public TSmoteBalancingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var columns = new BalancingInput(input.Schema, _options);
        var plan = BalancingPlan.Make(input, columns, _options);
        using var channel = _host.Start(nameof(Fit));
        plan.Report(channel, columns);
        return new TSmoteBalancingTransformer(_options);
    }

    /// <summary>Gives the shape of the data with the two columns added.</summary>
    /// <param name="inputSchema">The shape of the input.</param>
    /// <returns>The shape of the output.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        BalancingInput.CheckShape(inputSchema, _options);
        string[] names = [BalancingColumns.IsSynthetic, BalancingColumns.IsValidation];
        return new SchemaShape(inputSchema.Where(column => !names.Contains(column.Name))
            .Concat(names.Select(name => MLNetInternals.CreateColumn(name, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, isKey: false))));
    }

    /// <summary>How rows are balanced.</summary>
    public sealed class Options
    {
        /// <summary>Gets or sets the name of the column to interpolate, a vector of Single or Double. Synthetic rows copy all other columns from the row that they start from.</summary>
        /// <value>The default is <c>Series</c>.</value>
        public string ColumnName { get; set; } = "Series";

        /// <summary>Gets or sets the name of the label column: Boolean or Single (0 or 1), one a series.</summary>
        /// <value>The default is <c>Label</c>.</value>
        public string LabelColumnName { get; set; } = "Label";

        /// <summary>Gets or sets the name of a column of groups (text, an integer, a Boolean or a key): a group is held out for validation whole or not at all. Give the trainer the same one.</summary>
        /// <value>The default is <see langword="null"/>: the last rows are held out.</value>
        public string? SamplingKeyColumnName { get; set; }

        /// <summary>
        /// Gets or sets the name of a column of groups (text, an integer, a Boolean or a key): the series that a window was cut from. Without
        /// a sampling key the last rows of each group are held out, and windows overlap only within a group.
        /// </summary>
        /// <value>The default is <see langword="null"/>: the last of all rows are held out, and overlap counts within the group column that WindowSeries was given.</value>
        public string? GroupColumnName { get; set; }

        /// <summary>
        /// Gets or sets the name of a column (Int64) with the index of a window's first reading within its series. Where the last rows are held
        /// out, those that share readings with a window that trains are left out: no stage fitted after this one sees them.
        /// </summary>
        /// <value>The default is <see langword="null"/>: the column <c>Start</c> of WindowSeries, known by its annotation; without one, overlap is not looked for.</value>
        public string? StartColumnName { get; set; }

        /// <summary>Gets or sets the share of the groups, or of the last rows, that is held out for validation.</summary>
        /// <value>0 (switched off) to below 1; the default is 0.2.</value>
        public double ValidationFraction { get; set; } = TrainingDefaults.ValidationFraction;

        /// <summary>Gets or sets the number k of nearest neighbours, one of which is drawn for each synthetic series.</summary>
        /// <value>At least 1; the default is 5. A minority series with fewer neighbours is an error.</value>
        public int NeighbourCount { get; set; } = DefaultNeighbourCount;

        /// <summary>
        /// Gets or sets the name of a column of groups (text, an integer, a Boolean or a key): only series of one group are neighbours. Set it
        /// where groups differ in scale, and always where QuantizeSeries gives each group a range of its own.
        /// </summary>
        /// <value>The default is <see langword="null"/>: all series of the class may be neighbours.</value>
        public string? NeighbourGroupColumnName { get; set; }

        /// <summary>Gets or sets which series may be neighbours where minority series differ in length.</summary>
        /// <value>The default is <see cref="NeighbourLengths.EqualLengths"/>.</value>
        public NeighbourLengths Lengths { get; set; } = NeighbourLengths.EqualLengths;

        /// <summary>
        /// Gets or sets how many rows of the class with fewer rows train for each row of the other, after balancing. Synthetic series bring
        /// the class to the ratio times the other's rows, rounded (halves up); where it has as many already, none are made.
        /// </summary>
        /// <value>Above 0, at most 1; the default is 1: as many of both.</value>
        public double TargetRatio { get; set; } = DefaultTargetRatio;

        /// <summary>Gets or sets the largest number of synthetic series; where it keeps the ratio from being reached, the log warns.</summary>
        /// <value>At least 0; the default is <see langword="null"/>: no limit.</value>
        public int? MaximumSyntheticCount { get; set; }

        /// <summary>Gets or sets the seed of the groups held out, the order of the x_i, their neighbours and λ.</summary>
        /// <value>The default is <see langword="null"/>: drawn from the MLContext, which repeats when the context has a seed and stages are made in the same order.</value>
        public int? Seed { get; set; }

        internal const int DefaultNeighbourCount = 5; // as in SMOTE (Chawla et al. 2002)

        internal const double DefaultTargetRatio = 1; // "until the classes balance" (SPEAR)

        internal Options Copy() => (Options)MemberwiseClone();

        internal void Validate()
        {
            var faults = new OptionFaults($"{nameof(TSmoteBalancer)}.{nameof(Options)}");
            faults.CheckColumn(ColumnName, nameof(ColumnName));
            faults.CheckColumn(LabelColumnName, nameof(LabelColumnName));
            faults.CheckOptionalColumn(SamplingKeyColumnName, nameof(SamplingKeyColumnName));
            faults.CheckOptionalColumn(GroupColumnName, nameof(GroupColumnName));
            faults.CheckOptionalColumn(StartColumnName, nameof(StartColumnName));
            faults.CheckOptionalColumn(NeighbourGroupColumnName, nameof(NeighbourGroupColumnName));
            faults.Check(ValidationFraction is >= 0 and < 1, nameof(ValidationFraction), ValidationFraction, "0 (switched off) to below 1");
            faults.Check(NeighbourCount >= 1, nameof(NeighbourCount), NeighbourCount, "at least 1");
            faults.CheckKind(Lengths, nameof(Lengths));
            faults.Check(TargetRatio is > 0 and <= 1, nameof(TargetRatio), TargetRatio, "above 0, at most 1");
            faults.Check(MaximumSyntheticCount is null or >= 0, nameof(MaximumSyntheticCount), MaximumSyntheticCount, "at least 0, or null");
            faults.ThrowIfAny();
        }
    }
}
