namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019) on one group of parameters. They are few, and are kept in double so
/// that small steps are not lost.
/// </summary>
internal sealed class AdamW
{
    private readonly TrainingSettings _settings;
    private readonly double[] _first;
    private readonly double[] _second;
    private double _beta1Power = 1;
    private double _beta2Power = 1;

    public AdamW(ReadOnlySpan<float> start, TrainingSettings settings)
    {
        _settings = settings;
        Values = new double[start.Length];
        for (int i = 0; i < start.Length; i++)
            Values[i] = start[i];
        Gradient = new double[start.Length];
        _first = new double[start.Length];
        _second = new double[start.Length];
    }

    public double[] Values { get; }

    /// <summary>The gradient that the next step takes; filled by the caller.</summary>
    public double[] Gradient { get; }

    /// <summary>The parameters and the two moments: with the number of steps, all that the next step depends on.</summary>
    public IReadOnlyList<double[]> State => [Values, _first, _second];

    /// <summary>Takes up the state after so many steps.</summary>
    /// <param name="state">The parts of <see cref="State"/> one behind another.</param>
    /// <param name="steps">At least 0.</param>
    public void Restore(ReadOnlySpan<double> state, int steps)
    {
        foreach (double[] part in State)
        {
            state[..part.Length].CopyTo(part);
            state = state[part.Length..];
        }
        // By the same multiplications as the steps', for the same bits.
        (_beta1Power, _beta2Power) = (1, 1);
        for (int step = 0; step < steps; step++)
            (_beta1Power, _beta2Power) = (_beta1Power * _settings.Beta1, _beta2Power * _settings.Beta2);
    }

    public void Step(double learningRate)
    {
        (double beta1, double beta2) = (_settings.Beta1, _settings.Beta2);
        _beta1Power *= beta1;
        _beta2Power *= beta2;
        for (int i = 0; i < Values.Length; i++)
        {
            _first[i] = beta1 * _first[i] + (1 - beta1) * Gradient[i];
            _second[i] = beta2 * _second[i] + (1 - beta2) * Gradient[i] * Gradient[i];
            double mean = _first[i] / (1 - _beta1Power);
            double scale = Math.Sqrt(_second[i] / (1 - _beta2Power)) + _settings.Epsilon;
            Values[i] -= learningRate * (_settings.WeightDecay * Values[i] + mean / scale);
        }
    }

    /// <summary>Copies the parameters, rounded to Single, in which the backbone takes them.</summary>
    public void CopyTo(Span<float> destination)
    {
        for (int i = 0; i < Values.Length; i++)
            destination[i] = (float)Values[i];
    }
}
