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
            NewtonStep step = fit.Newton(scores, targets);
            if (step.Gradient < Converged * scores.Length)
                break;
            if (fit.Search(scores, targets, step, loss) is { } found)
            {
                (fit, loss) = found;
                continue;
            }
            // So near that the loss falls by less than its own rounding: the gradient still tells.
            PlattScaling next = fit.Moved(step, 1);
            if (!(next.Newton(scores, targets).Gradient < step.Gradient))
                break;
            (fit, loss) = (next, next.Loss(scores, targets));
        }
        return fit;
    }

    /// <summary>Newton's step.</summary>
    /// <param name="Slope">What it adds to a.</param>
    /// <param name="Offset">What it adds to b.</param>
    /// <param name="Decrease">The loss's slope along it, below 0.</param>
    /// <param name="Gradient">The larger of the loss's two derivatives where it starts.</param>
    private readonly record struct NewtonStep(double Slope, double Offset, double Decrease, double Gradient);

    private PlattScaling Moved(NewtonStep step, double share) => new(Slope + share * step.Slope, Offset + share * step.Offset);

    private double Loss(ReadOnlySpan<double> scores, ReadOnlySpan<double> targets)
    {
        double loss = 0;
        for (int i = 0; i < scores.Length; i++)
            loss += BinaryCrossEntropy.Loss(Slope * scores[i] + Offset, targets[i]);
        return loss;
    }

    private NewtonStep Newton(ReadOnlySpan<double> scores, ReadOnlySpan<double> targets)
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
        double determinant = aa * bb - ab * ab;
        double stepA = -(bb * gradientA - ab * gradientB) / determinant;
        double stepB = -(aa * gradientB - ab * gradientA) / determinant;
        return new(stepA, stepB, gradientA * stepA + gradientB * stepB, Math.Max(Math.Abs(gradientA), Math.Abs(gradientB)));
    }

    /// <summary>Halves the step until the loss falls enough; none where it no longer does.</summary>
    private (PlattScaling Fit, double Loss)? Search(ReadOnlySpan<double> scores, ReadOnlySpan<double> targets, NewtonStep direction, double loss)
    {
        for (double step = 1; step >= SmallestStep; step /= 2)
        {
            PlattScaling next = Moved(direction, step);
            double nextLoss = next.Loss(scores, targets);
            if (nextLoss < loss + 1e-4 * step * direction.Decrease)
                return (next, nextLoss);
        }
        return null;
    }
}
