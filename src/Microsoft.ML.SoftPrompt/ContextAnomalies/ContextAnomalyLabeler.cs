using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.ContextAnomalies;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Persistence;

namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// Labels series by the four rules with which SPEAR labels context anomalies (monotonic trend, sudden spike, sudden shift, volatility
/// change). There is nothing to fit: a row's labels depend on the row and the options alone.
/// </summary>
/// <remarks>
/// Made by <see cref="SoftPromptCatalog.LabelContextAnomalies(TransformsCatalog, string, string, SplitCorrection)"/>. Input: a vector of
/// Single of any length, in time order. A missing value (NaN) is left out and the rest keeps its place in time: the trend is fitted
/// against places, jumps are between neighbours that are present, splits part the values that are present. A rule for which a series has
/// too few values, or that is switched off, does not flag it.
/// </remarks>
public sealed class ContextAnomalyLabeler : IEstimator<ContextAnomalyLabelingTransformer>
{
    private readonly IHost _host;
    private readonly ContextAnomalyModel _model;

    internal ContextAnomalyLabeler(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(options);
        _model = options.ToModel();
        var faults = new OptionFaults($"{nameof(ContextAnomalyLabeler)}.{nameof(Options)}");
        faults.Add(_model.Faults());
        faults.ThrowIfAny();
        _host = environment.Register(nameof(ContextAnomalyLabeler));
    }

    /// <summary>Checks the input column; no row is read.</summary>
    /// <param name="input">Data with the input column.</param>
    /// <returns>The transformer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has the wrong type.</exception>
    public ContextAnomalyLabelingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        SeriesColumn.Find(input.Schema, _model.InputColumnName);
        return new ContextAnomalyLabelingTransformer(_host, _model);
    }

    /// <summary>Gives the shape of the data with the three columns added.</summary>
    /// <param name="inputSchema">The shape of the input.</param>
    /// <returns>The shape of the output.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        SeriesColumn.Find(inputSchema, _model.InputColumnName);
        SchemaShape.Column[] added =
        [
            MLNetInternals.CreateColumn(_model.OutputColumnName, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, isKey: false),
            MLNetInternals.CreateColumn(_model.RulesColumnName, SchemaShape.Column.VectorKind.Vector, BooleanDataViewType.Instance, isKey: false, ColumnAnnotations.SlotNamesShape),
            MLNetInternals.CreateColumn(_model.EvidenceColumnName, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Double, isKey: false, ColumnAnnotations.SlotNamesShape),
        ];
        return new SchemaShape(inputSchema.Where(column => !added.Any(other => other.Name == column.Name)).Concat(added));
    }

    /// <summary>Which rules label, by which thresholds. The defaults are the paper's.</summary>
    public sealed class Options
    {
        /// <summary>Gets or sets the name of the Boolean column that says whether any rule flags the series.</summary>
        /// <value>The default is <c>IsContextAnomaly</c>.</value>
        public string OutputColumnName { get; set; } = "IsContextAnomaly";

        /// <summary>Gets or sets the name of the column of the rules' labels, a vector of four Booleans with the slots Trend, Spike, Shift and Volatility.</summary>
        /// <value>The default is <c>ContextAnomalies</c>.</value>
        public string RulesColumnName { get; set; } = "ContextAnomalies";

        /// <summary>
        /// Gets or sets the name of the column of the evidence, a vector of eight Doubles with the slots TrendSlope (change a place),
        /// TrendPValue, SpikeJump (the largest absolute difference of neighbours), SpikePlace (index in the series, from 0, of the value that
        /// it leads to), ShiftSplit and VolatilitySplit (index of the first value behind the split whose parts differ most), ShiftPValue and
        /// VolatilityPValue (of that split alone, whatever the correction). NaN where there is none.
        /// </summary>
        /// <value>The default is <c>ContextEvidence</c>.</value>
        public string EvidenceColumnName { get; set; } = "ContextEvidence";

        /// <summary>Gets or sets the name of the series' column, a vector of Single. NaN is a missing value; ±∞ is refused.</summary>
        /// <value>The default is <see langword="null"/>: the same name as <see cref="OutputColumnName"/>.</value>
        public string? InputColumnName { get; set; }

        /// <summary>
        /// Gets or sets whether monotonic trends are flagged: the absolute slope of the least-squares line over the places 1 … T exceeds
        /// <see cref="MinimumSlope"/>, and its two-sided p-value is below <see cref="TrendSignificance"/>. Needs three values.
        /// </summary>
        /// <value>The default is <see langword="true"/>.</value>
        public bool Trend { get; set; } = true;

        /// <summary>Gets or sets the slope, in units of the values a place, that a trend must exceed; with values of another unit it needs another number.</summary>
        /// <value>0 or more; the default is 0.01.</value>
        public double MinimumSlope { get; set; } = 0.01;

        /// <summary>Gets or sets the level that the p-value of the slope must be below.</summary>
        /// <value>Above 0 and at most 1; the default is 0.05.</value>
        public double TrendSignificance { get; set; } = 0.05;

        /// <summary>
        /// Gets or sets whether sudden spikes are flagged: the largest absolute difference of neighbours exceeds the differences' mean by more
        /// than <see cref="SpikeDeviations"/> of their standard deviations (of the population). Needs two values.
        /// </summary>
        /// <value>The default is <see langword="true"/>.</value>
        public bool Spike { get; set; } = true;

        /// <summary>Gets or sets how many standard deviations above the mean a jump must exceed.</summary>
        /// <value>0 or more; the default is 3.</value>
        public double SpikeDeviations { get; set; } = 3;

        /// <summary>
        /// Gets or sets whether sudden shifts are flagged: at some split into the first k values and the rest, k from 2 to T − 2, the
        /// two-sample t-test of equal variances has a p-value below <see cref="ShiftSignificance"/>. Needs four values.
        /// </summary>
        /// <value>The default is <see langword="true"/>.</value>
        public bool Shift { get; set; } = true;

        /// <summary>Gets or sets the level that the p-value of the best split must be below, before <see cref="SplitCorrection"/>.</summary>
        /// <value>Above 0 and at most 1; the default is 0.05.</value>
        public double ShiftSignificance { get; set; } = 0.05;

        /// <summary>
        /// Gets or sets whether changes of volatility are flagged: at some split, as for shifts, Levene's test about the medians has a p-value
        /// below <see cref="VolatilitySignificance"/>. Needs four values.
        /// </summary>
        /// <value>The default is <see langword="true"/>.</value>
        public bool Volatility { get; set; } = true;

        /// <summary>Gets or sets the level that the p-value of the best split must be below, before <see cref="SplitCorrection"/>.</summary>
        /// <value>Above 0 and at most 1; the default is 0.05.</value>
        public double VolatilitySignificance { get; set; } = 0.05;

        /// <summary>Gets or sets how the two rules over splits allow for the number of splits; without a correction they flag most long noisy series.</summary>
        /// <value>The default is <see cref="SplitCorrection.None"/>, the paper's.</value>
        public SplitCorrection SplitCorrection { get; set; } = SplitCorrection.None;

        internal ContextAnomalyModel ToModel() => new(OutputColumnName, RulesColumnName, EvidenceColumnName, InputColumnName ?? OutputColumnName, new ContextAnomalyRules(
            Trend ? new TrendRule(MinimumSlope, TrendSignificance) : null,
            Spike ? new SpikeRule(SpikeDeviations) : null,
            Shift ? new ShiftRule(ShiftSignificance, SplitCorrection) : null,
            Volatility ? new VolatilityRule(VolatilitySignificance, SplitCorrection) : null));
    }
}
