namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>
/// A sigmoid on scores, σ(a z + b) (Platt, 1999: Probabilistic outputs for support vector machines, whose A and B are −a and −b). It
/// rises with the score where a is above 0.
/// </summary>
/// <param name="Slope">a.</param>
/// <param name="Offset">b.</param>
internal sealed record PlattScaling(double Slope, double Offset)
{
    private const int MaximumIterations = 100;

    /// <summary>Keeps the second derivatives invertible where all scores are equal (Lin, Lin, Weng, 2007).</summary>
    private const double Ridge = 1e-12;

    /// <summary>The smallest step of the line search (Lin, Lin, Weng, 2007).</summary>
    private const double SmallestStep = 1e-10;

    /// <summary>The gradient a score at which the fit has converged; the step after it changes nothing that a Single shows.</summary>
    private const double Converged = 1e-12;

    /// <summary>The logit's own sigmoid.</summary>
    public static PlattScaling None { get; } = new(1, 0);

    public double ToProbability(double score) => 1 / (1 + Math.Exp(-(Slope * score + Offset)));

    /// <summary>The score whose probability this is.</summary>
    public double ToScore(double probability) => (Math.Log(probability / (1 - probability)) - Offset) / Slope;

    /// <summary>
    /// Fits a and b by maximum likelihood to Platt's targets, (n₊ + 1)/(n₊ + 2) for an anomaly and 1/(n₋ + 2) for the rest, with Newton's
    /// method and backtracking (Lin, Lin, Weng, 2007: A note on Platt's probabilistic outputs, algorithm 1).
    /// </summary>
    /// <param name="scores">Finite numbers.</param>
    /// <param name="labels">Whether each is anomalous; both classes.</param>
    public static PlattScaling Fit(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        int positives = labels.Count(true);
        int negatives = labels.Length - positives;
        var targets = new double[labels.Length];
        for (int i = 0; i < labels.Length; i++)
            targets[i] = labels[i] ? (positives + 1.0) / (positives + 2) : 1 / (negatives + 2.0);

        var fit = new PlattScaling(0, Math.Log((positives + 1.0) / (negatives + 1)));
        double loss = fit.Loss(scores, targets);
        for (int iteration = 0; iteration < MaximumIterations; iteration++)
        {
            if (fit.NewtonDirection(scores, targets) is not { } direction || fit.Search(scores, targets, direction, loss) is not { } found)
                break;
            (fit, loss) = found;
        }
        return fit;
    }

    private double Loss(ReadOnlySpan<double> scores, ReadOnlySpan<double> targets)
    {
        double loss = 0;
        for (int i = 0; i < scores.Length; i++)
            loss += BinaryCrossEntropy.Loss(Slope * scores[i] + Offset, targets[i]);
        return loss;
    }

    /// <summary>Newton's step; none where the gradient has vanished.</summary>
    private (double Slope, double Offset, double Decrease)? NewtonDirection(ReadOnlySpan<double> scores, ReadOnlySpan<double> targets)
    {
        (double gradientA, double gradientB) = (0, 0);
        (double aa, double ab, double bb) = (Ridge, 0, Ridge);
        for (int i = 0; i < scores.Length; i++)
        {
            double logit = Slope * scores[i] + Offset;
            double residual = BinaryCrossEntropy.Gradient(logit, targets[i]);
            double p = BinaryCrossEntropy.Sigmoid(logit);
            double curvature = p * (1 - p);
            gradientA += residual * scores[i];
            gradientB += residual;
            aa += curvature * scores[i] * scores[i];
            ab += curvature * scores[i];
            bb += curvature;
        }
        if (Math.Max(Math.Abs(gradientA), Math.Abs(gradientB)) < Converged * scores.Length)
            return null;
        double determinant = aa * bb - ab * ab;
        double stepA = -(bb * gradientA - ab * gradientB) / determinant;
        double stepB = -(aa * gradientB - ab * gradientA) / determinant;
        return (stepA, stepB, gradientA * stepA + gradientB * stepB);
    }

    /// <summary>Halves the step until the loss falls enough; none where it no longer does.</summary>
    private (PlattScaling Fit, double Loss)? Search(ReadOnlySpan<double> scores, ReadOnlySpan<double> targets, (double Slope, double Offset, double Decrease) direction, double loss)
    {
        for (double step = 1; step >= SmallestStep; step /= 2)
        {
            var next = new PlattScaling(Slope + step * direction.Slope, Offset + step * direction.Offset);
            double nextLoss = next.Loss(scores, targets);
            if (nextLoss < loss + 1e-4 * step * direction.Decrease)
                return (next, nextLoss);
        }
        return null;
    }
}
