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

    // A series has about as many variants as values: all of one with 4,000 would take 128 MB, and as much again for their logits.
    private const int DefaultValuesAtOnce = 1 << 20;

    private readonly SoftPromptScorer _scorer;
    private readonly int _width;
    private readonly int _stride;
    private readonly int _valuesAtOnce;

    /// <param name="scorer">Scores the series and their variants, many at once.</param>
    /// <param name="width">Values that are taken away together, at least 1.</param>
    /// <param name="stride">Values from one run's start to the next one's, at least 1 and at most the width, so that every value belongs to a run.</param>
    /// <param name="valuesAtOnce">How many values the variants that are held at once have together, except that one is always held. Results do not depend on it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width or the stride is out of its range.</exception>
    public Occlusion(SoftPromptScorer scorer, int width, int stride, int valuesAtOnce = DefaultValuesAtOnce)
    {
        if (width < 1)
            throw new ArgumentOutOfRangeException(nameof(width), width, "The number of values that are taken away together must be at least 1.");
        if (stride < 1 || stride > width)
            throw new ArgumentOutOfRangeException(nameof(stride), stride, $"The stride must be at least 1 and at most the width {width}: with a longer one some values belong to no run.");
        (_scorer, _width, _stride, _valuesAtOnce) = (scorer, width, stride, valuesAtOnce);
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
        bool labelsPoints = _scorer.Parameters.LabelKind == LabelKind.Point;
        var explained = new int?[series.Count];
        var kept = new List<float>[series.Count];
        var call = new List<(int Series, ReadOnlyMemory<uint> Tokens)>();
        long values = 0;
        void Score()
        {
            var logits = new float[call.Sum(variant => _scorer.CountLogits(variant.Tokens.Length))];
            _scorer.Score(call.ConvertAll(variant => variant.Tokens), logits, cancellation);
            ReadOnlySpan<float> rest = logits;
            foreach ((int i, ReadOnlyMemory<uint> tokens) in call)
            {
                ReadOnlySpan<float> own = rest[.._scorer.CountLogits(tokens.Length)];
                // A series comes before its variants, whatever call they are in.
                if (labelsPoints)
                    explained[i] ??= IndexOfHighest(own);
                kept[i].Add(own[explained[i] ?? 0]);
                rest = rest[own.Length..];
            }
            call.Clear();
            values = 0;
        }
        for (int i = 0; i < series.Count; i++)
        {
            (explained[i], kept[i]) = (labelsPoints ? points[i] : null, []);
            foreach (var variant in Variants(series[i]))
            {
                if (values + variant.Length > _valuesAtOnce && call.Count > 0)
                    Score();
                call.Add((i, variant));
                values += variant.Length;
            }
        }
        if (call.Count > 0)
            Score();
        return kept.Select((logits, i) => Compare(logits, Runs(series[i].Length), explained[i])).ToArray();
    }

    /// <summary>Compares the explained logit of a series, which comes first, with those of its variants.</summary>
    private ValueContribution[] Compare(List<float> logits, IEnumerable<(int Step, int Count)> runs, int? point)
    {
        double probability = ToProbability(logits[0]);
        return runs.Select((run, i) => new ValueContribution(run.Step, run.Count, probability,
            ToProbability(Math.Min(logits[1 + VariantsOfRun * i], logits[2 + VariantsOfRun * i])), point)).ToArray();
    }

    /// <summary>The series as it is, then each run of it with the lower and with the upper quartile in its places.</summary>
    private IEnumerable<ReadOnlyMemory<uint>> Variants(ReadOnlyMemory<uint> tokens)
    {
        yield return tokens;
        (uint lower, uint upper) = Quartiles(tokens.Span);
        foreach ((int step, int count) in Runs(tokens.Length))
        {
            yield return Replace(tokens.Span, step, count, lower);
            yield return Replace(tokens.Span, step, count, upper);
        }
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
