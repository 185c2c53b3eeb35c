namespace Microsoft.ML.SoftPrompt.Evaluation;

/// <summary>Scores in falling order, equal ones as one step, with the labels that each step holds.</summary>
internal sealed class RankedScores
{
    /// <summary>One distinct score and how many anomalous and normal items have it.</summary>
    internal readonly record struct Step(double Score, int Positives, int Negatives);

    public RankedScores(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        Check(scores, labels);
        double[] sorted = scores.ToArray();
        bool[] sortedLabels = labels.ToArray();
        Array.Sort(sorted, sortedLabels);

        var steps = new List<Step>();
        for (int end = sorted.Length; end > 0;)
        {
            int start = end;
            int positives = 0;
            for (; start > 0 && sorted[start - 1] == sorted[end - 1]; start--)
                positives += sortedLabels[start - 1] ? 1 : 0;
            steps.Add(new Step(sorted[end - 1], positives, end - start - positives));
            Positives += positives;
            end = start;
        }
        Steps = steps;
        Negatives = sorted.Length - Positives;
    }

    public IReadOnlyList<Step> Steps { get; }

    public int Positives { get; }

    public int Negatives { get; }

    /// <summary>The door of all metrics.</summary>
    public static void Check(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        if (scores.Length != labels.Length)
            throw new ArgumentException($"There are {scores.Length} scores and {labels.Length} labels; every score needs its label.", nameof(labels));
        if (scores.IsEmpty)
            throw new ArgumentException("There are no scores; a metric needs at least one.", nameof(scores));
        for (int i = 0; i < scores.Length; i++)
            if (!double.IsFinite(scores[i]))
                throw new ArgumentException($"The score at index {i} is {scores[i]}; scores must be finite numbers.", nameof(scores));
    }
}
