using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Persistence;
using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// Learns the range of a column of series and cuts it into bins, by default equal ones, so that each value becomes a token (SPEAR, eq. (1)):
/// <c>q = min(N − 1, ⌊(x − min) / (max − min) · N⌋)</c>, written as key q + 1; a missing value (NaN) becomes the missing key.
/// </summary>
/// <remarks>
/// Made by <see cref="SoftPromptCatalog.QuantizeSeries(TransformsCatalog, string, string, int, string)"/>. Input: a vector of Single of any
/// length. Output: a vector of key (UInt32) of the same length, whose key count is the number of bins, and two more
/// with <see cref="OutsideValues.OwnBins"/>.
/// </remarks>
public sealed class QuantizingEstimator : IEstimator<QuantizingTransformer>
{
    private readonly IHost _host;
    private readonly Options _options;

    internal QuantizingEstimator(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _host = environment.Register(nameof(QuantizingEstimator));
        _options = options.Copy();
    }

    /// <summary>
    /// Reads the data once and learns the range, and where bins stand at quantiles their edges, over all series and, with a group column, of each
    /// group. Where every series is scaled by itself there is nothing to learn, and no data is read.
    /// </summary>
    /// <remarks>
    /// Quantiles are exact, so their values are kept until the fit is over, four bytes each, and as much again with a group column. The smallest
    /// and the largest value need no memory.
    /// </remarks>
    /// <param name="input">Data with the input column, and the group column if one is named.</param>
    /// <returns>The fitted transformer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The data has no rows or no value but NaN, or holds an infinity or a group's name that is not valid Unicode.</exception>
    public QuantizingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var columns = new QuantizingColumns(input.Schema, _options.InputColumn, _options.GroupColumnName);
        var ranges = _options.ScaleEachSeries ? FittedRanges.None : FittedRanges.Fit(input, columns, _options.Bins);
        var transformer = new QuantizingTransformer(_host, new QuantizingModel(
            _options.OutputColumnName, _options.InputColumn, _options.GroupColumnName, _options.BinCount, ranges,
            _options.ScaleEachSeries, _options.Binning, _options.LowerQuantile, _options.UpperQuantile, _options.OutsideValues));
        using var channel = _host.Start(nameof(Fit));
        ranges.Report(channel, _options.InputColumn, _options.Bins);
        return transformer;
    }

    /// <summary>Gives the shape of the data with the tokens' column added.</summary>
    /// <param name="inputSchema">The shape of the input.</param>
    /// <returns>The shape of the output.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var column = SeriesColumn.Find(inputSchema, _options.InputColumn);
        if (_options.GroupColumnName is { } group)
            GroupColumn.Find(inputSchema, group);
        return new SchemaShape(inputSchema.Where(other => other.Name != _options.OutputColumnName)
            .Append(MLNetInternals.CreateColumn(_options.OutputColumnName, column.Kind, NumberDataViewType.UInt32, isKey: true, ColumnAnnotations.KeyValuesShape)));
    }

    /// <summary>How series are quantized.</summary>
    public sealed class Options
    {
        /// <summary>Gets or sets the name of the tokens' column.</summary>
        /// <value>The default is <c>Tokens</c>.</value>
        public string OutputColumnName { get; set; } = "Tokens";

        /// <summary>Gets or sets the name of the series' column, a vector of Single.</summary>
        /// <value>The default is <see langword="null"/>: the same name as <see cref="OutputColumnName"/>.</value>
        public string? InputColumnName { get; set; }

        /// <summary>Gets or sets the number of bins N.</summary>
        /// <value>2 to 2,000; the default is 100. The paper tries 50, 100, 200 and 500.</value>
        public int BinCount { get; set; } = DefaultBinCount;

        /// <summary>
        /// Gets or sets the name of a column of groups (text, an integer, a Boolean or a key), each of which gets a range of its own. A group
        /// without a value in the fitted data takes the range of the whole; such rows are counted and reported.
        /// </summary>
        /// <value>The default is <see langword="null"/>: one range for all series.</value>
        public string? GroupColumnName { get; set; }

        /// <summary>
        /// Gets or sets whether every series is scaled by its own values, in training and in use. Then its tokens tell its shape and not its
        /// level, and <see cref="QuantizingTransformer.Dequantize"/> is not possible.
        /// </summary>
        /// <value>The default is <see langword="false"/>: by the fitted data. Not together with <see cref="GroupColumnName"/>.</value>
        public bool ScaleEachSeries { get; set; }

        /// <summary>Gets or sets the quantile of the values at which the range begins, e.g. 0.01 for a range that a few low values do not stretch.</summary>
        /// <value>0 to below <see cref="UpperQuantile"/>; the default is 0: the smallest value.</value>
        /// <remarks>A quantile is linearly interpolated between the two nearest values, as NumPy does by default.</remarks>
        public double LowerQuantile { get; set; }

        /// <summary>Gets or sets the quantile of the values at which the range ends, e.g. 0.99.</summary>
        /// <value>Above <see cref="LowerQuantile"/>, up to 1; the default is 1: the largest value.</value>
        public double UpperQuantile { get; set; } = 1;

        /// <summary>Gets or sets how the range is cut into bins.</summary>
        /// <value>The default is <see cref="QuantizationBinning.Uniform"/>: into bins of equal width.</value>
        /// <remarks>
        /// At quantiles, the edges between the bins stand at N − 1 quantiles that divide the way from <see cref="LowerQuantile"/> to
        /// <see cref="UpperQuantile"/> into N equal parts. Where a value repeats so often that several edges fall on it, the bins between them have no
        /// width: that value takes the middle one of them, and the others stay empty.
        /// </remarks>
        public QuantizationBinning Binning { get; set; } = QuantizationBinning.Uniform;

        /// <summary>Gets or sets what becomes of values outside the range.</summary>
        /// <value>The default is <see cref="SoftPrompt.OutsideValues.EndBins"/>: they go to the first or the last bin.</value>
        public OutsideValues OutsideValues { get; set; } = OutsideValues.EndBins;

        internal const int DefaultBinCount = 100;

        internal string InputColumn => InputColumnName ?? OutputColumnName;

        internal BinSettings Bins => new(BinCount, Binning, LowerQuantile, UpperQuantile);

        internal Options Copy() => (Options)MemberwiseClone();

        internal void Validate()
        {
            var faults = new OptionFaults($"{nameof(QuantizingEstimator)}.{nameof(Options)}");
            faults.CheckColumn(OutputColumnName, nameof(OutputColumnName));
            faults.CheckOptionalColumn(InputColumnName, nameof(InputColumnName));
            faults.CheckOptionalColumn(GroupColumnName, nameof(GroupColumnName));
            if (ScaleEachSeries && GroupColumnName is not null)
                faults.Add($"ScaleEachSeries is set, and GroupColumnName is '{GroupColumnName}'; series are scaled by themselves or by their group. Leave one of the two out.");
            faults.Add(Bins.GetFaults());
            faults.CheckKind(OutsideValues, nameof(OutsideValues));
            faults.ThrowIfAny();
        }
    }
}
