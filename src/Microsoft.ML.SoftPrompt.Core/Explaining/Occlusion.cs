using Microsoft.ML.SoftPrompt.Series;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Explaining;

/// <summary>
/// Explains scores by occlusion (Zeiler, Fergus, arXiv 1311.2901): a series is scored as it is and with one run of its values after
/// another taken away. A run is taken away by putting a quartile of the series in its places, the lower or the upper one, whichever
/// leaves the lower probability.
/// </summary>
/// <remarks>
/// Why the quartiles: as long as anomalous values are less than three quarters of a series and lie on one side, one of the two is an
/// ordinary value of it. The missing value's row is trained only where training had missing values, and elsewhere changes the score of
/// ordinary series; a value between the run's neighbours is as high as they are, so that it takes nothing from a level shift or a dropout;
/// the median fails where more than half of the series is anomalous. docs/explain.md has the comparison. Missing values are taken away in
/// the same manner, which shows what their being missing carries.
/// </remarks>
internal sealed class Occlusion
{
    // Of each run: the lower and the upper quartile.
    private const int VariantsOfRun = 2;

    private readonly SoftPromptScorer _scorer;
    private readonly int _width;
    private readonly int _stride;

    /// <param name="scorer">Scores the series and all their variants in one call.</param>
    /// <param name="width">Values that are taken away together, at least 1.</param>
    /// <param name="stride">Values from one run's start to the next one's, at least 1 and at most the width, so that every value belongs to a run.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width or the stride is out of its range.</exception>
    public Occlusion(SoftPromptScorer scorer, int width, int stride)
    {
        if (width < 1)
            throw new ArgumentOutOfRangeException(nameof(width), width, "The number of values that are taken away together must be at least 1.");
        if (stride < 1 || stride > width)
            throw new ArgumentOutOfRangeException(nameof(stride), stride, $"The stride must be at least 1 and at most the width {width}: with a longer one some values belong to no run.");
        (_scorer, _width, _stride) = (scorer, width, stride);
    }

    /// <summary>Explains series.</summary>
    /// <param name="series">A key a value, at least one a series.</param>
    /// <param name="points">Of each series the value whose probability is explained; null for the one with the highest, the first of equal ones. Not read where the model labels series.</param>
    /// <param name="cancellation">Asked between calls to the backbone.</param>
    /// <returns>Of each series its runs in order; the last one is shorter where the series ends.</returns>
    /// <exception cref="ArgumentException">A series is empty, or has a token that is no bin or too many positions.</exception>
    /// <exception cref="OperationCanceledException">The cancellation was asked for.</exception>
    public IReadOnlyList<ValueContribution>[] Explain(IReadOnlyList<ReadOnlyMemory<uint>> series, IReadOnlyList<int?> points, CancellationToken cancellation = default)
    {
        var variants = new List<ReadOnlyMemory<uint>>();
        foreach (var tokens in series)
        {
            variants.Add(tokens);
            (uint lower, uint upper) = Quartiles(tokens.Span);
            foreach ((int step, int count) in Runs(tokens.Length))
            {
                variants.Add(Replace(tokens.Span, step, count, lower));
                variants.Add(Replace(tokens.Span, step, count, upper));
            }
        }
        var logits = new float[variants.Sum(variant => _scorer.CountLogits(variant.Length))];
        _scorer.Score(variants, logits, cancellation);

        var contributions = new IReadOnlyList<ValueContribution>[series.Count];
        ReadOnlySpan<float> rest = logits;
        for (int i = 0; i < series.Count; i++)
        {
            int length = series[i].Length, each = _scorer.CountLogits(length);
            int? point = _scorer.Parameters.LabelKind == LabelKind.Point ? points[i] ?? IndexOfHighest(rest[..each]) : null;
            var runs = Runs(length).ToArray();
            int count = (1 + VariantsOfRun * runs.Length) * each;
            contributions[i] = Compare(rest[..count], each, runs, point);
            rest = rest[count..];
        }
        return contributions;
    }

    /// <summary>Compares the logits of a series, which come first, with those of its variants; each has as many of them.</summary>
    private ValueContribution[] Compare(ReadOnlySpan<float> logits, int each, (int Step, int Count)[] runs, int? point)
    {
        var contributions = new ValueContribution[runs.Length];
        double probability = ToProbability(logits[point ?? 0]);
        for (int run = 0; run < runs.Length; run++)
        {
            int lower = (1 + VariantsOfRun * run) * each + (point ?? 0);
            double without = ToProbability(Math.Min(logits[lower], logits[lower + each]));
            contributions[run] = new ValueContribution(runs[run].Step, runs[run].Count, probability, without, point);
        }
        return contributions;
    }

    private double ToProbability(float logit) => _scorer.Parameters.Probability.ToProbability(logit);

    private IEnumerable<(int Step, int Count)> Runs(int length)
    {
        for (int step = 0; step == 0 || step - _stride + _width < length; step += _stride)
            yield return (step, Math.Min(_width, length - step));
    }

    private static uint[] Replace(ReadOnlySpan<uint> tokens, int step, int count, uint token)
    {
        uint[] variant = tokens.ToArray();
        variant.AsSpan(step, count).Fill(token);
        return variant;
    }

    /// <summary>The lower and the upper quartile of the n tokens that are not missing: those with ⌊(n − 1)/4⌋ below and above them. A series without any stays missing.</summary>
    private static (uint Lower, uint Upper) Quartiles(ReadOnlySpan<uint> tokens)
    {
        uint[] present = tokens.ToArray().Where(token => token != Quantizer.Missing).Order().ToArray();
        int quarter = (present.Length - 1) / 4;
        return present.Length == 0 ? (Quantizer.Missing, Quantizer.Missing) : (present[quarter], present[^(quarter + 1)]);
    }

    private static int IndexOfHighest(ReadOnlySpan<float> logits)
    {
        int highest = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[highest])
                highest = i;
        }
        return highest;
    }
}
