namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>
/// Spectral residual (Ren et al., KDD 2019): how far a value's saliency lies above the mean saliency of the values up to it, over that mean;
/// of a series the largest. Every series is judged by itself; nothing is learned.
/// </summary>
/// <remarks>
/// A series is one window. Missing values are filled on straight lines and score 0. Values without a spectrum to stand out from score 0: a
/// constant series, a single value. Scores of windows of a few values say little.
/// </remarks>
public sealed class SpectralResidualMethod : IAnomalyMethod
{
    /// <inheritdoc/>
    public string Name => "Spectral residual";

    /// <summary>Gets the frequencies q over which the logarithm of the spectrum is averaged, about each.</summary>
    /// <value>Odd and at least 1; the default is the paper's 3.</value>
    public int FilterSize { get; init; } = 3;

    /// <summary>Gets the values z over which the saliency is averaged, ending with the one that is judged.</summary>
    /// <value>At least 1; the default is the paper's 21.</value>
    public int ScoreWindow { get; init; } = 21;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A series is malformed, or there is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public IAnomalyScorer Fit(IReadOnlyList<LabeledSeries> training, IReadOnlyList<LabeledSeries> validation, int seed, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(FilterSize, 1);
        ArgumentOutOfRangeException.ThrowIfEqual(FilterSize % 2, 0, nameof(FilterSize));
        ArgumentOutOfRangeException.ThrowIfLessThan(ScoreWindow, 1);
        LabeledSeriesCheck.Fit(training, validation);
        var residual = new SpectralResidual(FilterSize, ScoreWindow);
        return new ValueScorer(series =>
        {
            double[] scores = residual.Score(PresentSeries.Fill(Array.ConvertAll(series.Values.ToArray(), value => (double)value)));
            PresentSeries.ClearMissing(series.Values.Span, scores);
            return scores;
        });
    }
}
