using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Persistence;
using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// Learns the range of a column of series and cuts it into equal bins, so that each value becomes a token (SPEAR, eq. (1)):
/// <c>q = min(N − 1, ⌊(x − min) / (max − min) · N⌋)</c>, written as key q + 1; a missing value (NaN) becomes the missing key.
/// </summary>
/// <remarks>
/// Made by <see cref="SoftPromptCatalog.QuantizeSeries(TransformsCatalog, string, string, int, string)"/>. Input: a vector of Single of any
/// length. Output: a vector of key (UInt32) of the same length, whose key count is the number of bins.
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

    /// <summary>Reads the data once and learns the smallest and the largest value, over all series and, with a group column, of each group.</summary>
    /// <param name="input">Data with the input column, and the group column if one is named.</param>
    /// <returns>The fitted transformer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The data has no rows or no finite value, or holds an infinity.</exception>
    public QuantizingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var columns = new QuantizingColumns(input.Schema, _options.InputColumn, _options.GroupColumnName);
        var ranges = FittedRanges.Fit(input, columns);
        var transformer = new QuantizingTransformer(_host, new QuantizingModel(
            _options.OutputColumnName, _options.InputColumn, _options.GroupColumnName, _options.BinCount, ranges));
        using var channel = _host.Start(nameof(Fit));
        ranges.Report(channel, _options.InputColumn);
        return transformer;
    }

    /// <summary>Gives the shape of the data with the tokens' column added.</summary>
    /// <param name="inputSchema">The shape of the input.</param>
    /// <returns>The shape of the output.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var column = SchemaErrors.Find(inputSchema, _options.InputColumn, QuantizingColumns.SeriesRole);
        if (column.Kind == SchemaShape.Column.VectorKind.Scalar || column.IsKey || !column.ItemType.Equals(NumberDataViewType.Single))
            throw SchemaErrors.WrongType(column.Name, QuantizingColumns.SeriesRole, $"{column.Kind} of {(column.IsKey ? "key " : "")}{column.ItemType}", QuantizingColumns.SeriesType);
        if (_options.GroupColumnName is { } group)
            GroupColumn.Check(SchemaErrors.Find(inputSchema, group, "group"));
        return new SchemaShape(inputSchema.Where(other => other.Name != _options.OutputColumnName)
            .Append(MLNetInternals.CreateColumn(_options.OutputColumnName, column.Kind, NumberDataViewType.UInt32, isKey: true)));
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
        /// that was not in the fitted data takes the range of the whole; such rows are counted and reported.
        /// </summary>
        /// <value>The default is <see langword="null"/>: one range for all series.</value>
        public string? GroupColumnName { get; set; }

        internal const int DefaultBinCount = 100;

        internal string InputColumn => InputColumnName ?? OutputColumnName;

        internal Options Copy() => (Options)MemberwiseClone();

        internal void Validate()
        {
            var faults = new List<string>();
            if (string.IsNullOrEmpty(OutputColumnName))
                faults.Add("OutputColumnName is empty.");
            if (InputColumnName is "")
                faults.Add("InputColumnName is empty.");
            if (GroupColumnName is "")
                faults.Add("GroupColumnName is empty.");
            if (BinCount is < Quantizer.MinimumBinCount or > Quantizer.MaximumBinCount)
                faults.Add($"BinCount is {BinCount}; expected {Quantizer.MinimumBinCount} to {Quantizer.MaximumBinCount}.");
            OptionFaults.ThrowIfAny(faults, $"{nameof(QuantizingEstimator)}.{nameof(Options)}");
        }
    }
}
