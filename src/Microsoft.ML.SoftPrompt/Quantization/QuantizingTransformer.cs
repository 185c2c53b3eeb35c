using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Persistence;
using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt;

/// <summary>Turns series into tokens with the ranges that <see cref="QuantizingEstimator"/> learned. Immutable and safe for concurrent use.</summary>
/// <remarks>
/// How many values lay outside the fitted range, and how many rows belonged to a group without a value in the fitted data, is said once a
/// cursor, as a warning in the log.
/// </remarks>
public sealed class QuantizingTransformer : ITransformer
{
    internal static readonly ModelKind Kind = new("SPQUANTZ", "SoftPromptQuantizer", 2);

    private readonly QuantizingModel _model;
    private readonly QuantizingStage _stage;

    internal QuantizingTransformer(IHostEnvironment environment, QuantizingModel model)
    {
        _model = model;
        _stage = new QuantizingStage(environment, model);
    }

    /// <summary>Gets the number of bins N, those for values outside the range not counted.</summary>
    public int BinCount => _model.BinCount;

    /// <summary>Gets the lower limit of the fitted range over all groups: the smallest value, or the lower quantile.</summary>
    /// <exception cref="InvalidOperationException">Every series is scaled by itself.</exception>
    public float Minimum => Find(null).Bins.Minimum;

    /// <summary>Gets the upper limit of the fitted range over all groups: the largest value, or the upper quantile.</summary>
    /// <exception cref="InvalidOperationException">Every series is scaled by itself.</exception>
    public float Maximum => Find(null).Bins.Maximum;

    /// <summary>Gets the groups that have a range of their own: those of the fitted data with a value, by their text (a number's invariant form, a key's number).</summary>
    public IReadOnlyCollection<string> Groups => _stage.Groups.Keys;

    /// <inheritdoc/>
    public bool IsRowToRowMapper => true;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => new StageSchema(_stage, inputSchema).Output;

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new StageMapper(_stage, inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new StageView(_stage, input);
    }

    /// <summary>Gets the edges of the bins: bin q, from 0, reaches from edge q to edge q + 1.</summary>
    /// <param name="group">One of <see cref="Groups"/>; null for the bins of the whole.</param>
    /// <returns>N + 1 values that do not fall. With bins at quantiles neighbours may be equal, where values repeat.</returns>
    /// <exception cref="ArgumentException">The group has no range of its own.</exception>
    /// <exception cref="InvalidOperationException">Every series is scaled by itself.</exception>
    public ReadOnlyMemory<float> GetBinEdges(string? group = null)
    {
        var bins = Find(group).Bins;
        return Enumerable.Range(0, bins.Count + 1).Select(bin => (float)bins.GetEdge(bin)).ToArray();
    }

    /// <summary>Gets the centres of the bins, half way between their edges.</summary>
    /// <param name="group">One of <see cref="Groups"/>; null for the bins of the whole.</param>
    /// <returns>N values that do not fall.</returns>
    /// <exception cref="ArgumentException">The group has no range of its own.</exception>
    /// <exception cref="InvalidOperationException">Every series is scaled by itself.</exception>
    public ReadOnlyMemory<float> GetBinCenters(string? group = null)
    {
        var bins = Find(group).Bins;
        return Enumerable.Range(0, bins.Count).Select(bin => (float)bins.GetCenter(bin)).ToArray();
    }

    /// <summary>
    /// Gives values for tokens: the centre of a token's bin, NaN for the missing token (0), and the nearer limit of the range for the two bins of
    /// values outside it. In bins of equal width the centre lies within half a bin of the value that was quantized, if that lay in the range.
    /// </summary>
    /// <param name="tokens">Tokens as the transformer gives them: bin q, from 0, is q + 1, or q + 2 behind a bin for values below the range.</param>
    /// <param name="group">One of <see cref="Groups"/>; null for the range of the whole, which rows of other groups took.</param>
    /// <returns>As many values as tokens.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A token is none of this transformer's.</exception>
    /// <exception cref="ArgumentException">The group has no range of its own.</exception>
    /// <exception cref="InvalidOperationException">Every series is scaled by itself.</exception>
    public float[] Dequantize(ReadOnlySpan<uint> tokens, string? group = null)
    {
        var quantizer = Find(group);
        var values = new float[tokens.Length];
        for (int i = 0; i < tokens.Length; i++)
            values[i] = tokens[i] <= quantizer.TokenCount
                ? quantizer.Dequantize(tokens[i])
                : throw new ArgumentOutOfRangeException(nameof(tokens), $"The token at index {i} is {tokens[i]}; this transformer's are 0 (missing) to {quantizer.TokenCount}.");
        return values;
    }

    /// <summary>Gets what was fitted.</summary>
    internal QuantizingModel Fitted => _model;

    void ICanSaveModel.Save(ModelSaveContext ctx) => new ModelStreamWriter(ctx, Kind).WriteJson("quantizer.json", _model, ModelJson.Default.QuantizingModel);

    internal static QuantizingTransformer Load(IHostEnvironment environment, ModelStreamReader reader) =>
        new(environment.Register(nameof(QuantizingTransformer)), reader.ReadJson("quantizer.json", ModelJson.Default.QuantizingModel).Validated());

    private Quantizer Find(string? group)
    {
        if (_stage.Whole is not { } whole)
            throw new InvalidOperationException("Every series was scaled by its own values, which the tokens do not hold: there is no fitted range, and tokens cannot be turned back. Fit without ScaleEachSeries for that.");
        if (group is null)
            return whole;
        return _stage.Groups.TryGetValue(group, out var quantizer)
            ? quantizer
            : throw new ArgumentException($"No group '{group}' has a range of its own; there are {_stage.Groups.Count} that do{(_stage.Groups.Count > 0 ? $", e.g. '{_stage.Groups.Keys.First()}'" : "")}. Rows of other groups took the range of the whole: leave the group out for that.", nameof(group));
    }
}
