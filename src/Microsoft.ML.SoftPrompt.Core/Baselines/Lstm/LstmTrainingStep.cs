using Microsoft.ML.SoftPrompt.Tensors;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>
/// One step of the training: a batch's logits, the mean binary cross-entropy over its series (or over all its values alike), the gradient
/// through time, and Adam's update. Groups run side by side and are summed in one order, so that a step is the same for any number of threads.
/// </summary>
internal sealed class LstmTrainingStep
{
    private readonly LabelKind _labelKind;
    private readonly double _learningRate;
    private readonly LstmShape _shape;
    private readonly LstmMatrices _matrices;
    private readonly AdamW _adam;
    private readonly WorkspacePool _workspaces = new();
    private readonly List<float[]> _gradients = [];
    private float[] _values;

    public LstmTrainingStep(LstmWeights start, LabelKind labelKind, double learningRate)
    {
        (_labelKind, _learningRate, _shape) = (labelKind, learningRate, start.Shape);
        _values = start.Values.ToArray();
        // Without decay AdamW is Adam.
        _adam = new AdamW(_values, new TrainingSettings { WeightDecay = 0 });
        _matrices = new LstmMatrices(start, forTraining: true);
    }

    /// <summary>What has been learned so far; later steps leave it as it is.</summary>
    public LstmWeights Weights => new(_shape, _values);

    /// <summary>The last batch's gradient, laid out as <see cref="LstmWeights.Values"/>.</summary>
    public ReadOnlySpan<double> Gradient => _adam.Gradient;

    /// <summary>Computes a batch's loss and gradient and, unless one of them or a new weight is not finite, updates the weights.</summary>
    /// <param name="batch">At least one example.</param>
    /// <param name="cancellation">Asked between groups.</param>
    /// <returns>The loss before the update; NaN where it, the gradient or an updated weight is not finite.</returns>
    public double Run(ReadOnlyMemory<LstmExample> batch, CancellationToken cancellation = default)
    {
        double loss = ComputeGradient(batch, cancellation);
        if (!double.IsFinite(loss))
            return double.NaN;
        _adam.Step(_learningRate);
        var values = new float[_values.Length];
        _adam.CopyTo(values);
        if (!Array.TrueForAll(values, float.IsFinite))
            return double.NaN;
        _values = values;
        _matrices.Load(Weights);
        return loss;
    }

    /// <summary>Computes a batch's loss, and its gradient into <see cref="Gradient"/>.</summary>
    /// <returns>The loss; NaN where it or the gradient is not finite.</returns>
    public double ComputeGradient(ReadOnlyMemory<LstmExample> batch, CancellationToken cancellation = default)
    {
        var groups = new LstmGroups(_matrices, batch, _labelKind);
        float[] labels = batch.ToArray().SelectMany(example => example.Labels).ToArray();
        var logits = new float[labels.Length];
        while (_gradients.Count < groups.Count)
            _gradients.Add(new float[_values.Length]);
        Scheduler.Run(groups.Count, group => Backward(groups, group, labels, logits, _gradients[group]), cancellation);

        Array.Clear(_adam.Gradient);
        foreach (float[] gradient in _gradients.Take(groups.Count))
            for (int i = 0; i < gradient.Length; i++)
                _adam.Gradient[i] += gradient[i];
        double loss = 0;
        for (int i = 0; i < labels.Length; i++)
            loss += BinaryCrossEntropy.Loss(logits[i], labels[i]) / labels.Length;
        return Array.TrueForAll(_adam.Gradient, double.IsFinite) ? loss : double.NaN;
    }

    private void Backward(LstmGroups groups, int group, float[] labels, float[] logits, float[] gradient)
    {
        Array.Clear(gradient);
        Workspace workspace = _workspaces.Rent();
        using (_matrices.Use())
        {
            LstmWeights weights = Weights;
            LstmPass pass = groups.Forward(group, workspace, weights, logits);
            pass.ClearGradient();
            ReadOnlySpan<float> headWeight = weights.HeadWeight;
            Span<float> headGradient = gradient.AsSpan(_shape.Tensors[^2].Offset, headWeight.Length);
            foreach ((int series, int step, int at) in groups.Outputs(group))
            {
                float slope = (float)(BinaryCrossEntropy.Gradient(logits[at], labels[at]) / labels.Length);
                ReadOnlySpan<float> hidden = pass.Output(series, step);
                Span<float> hiddenGradient = pass.OutputGradient(series, step);
                for (int j = 0; j < headWeight.Length; j++)
                {
                    headGradient[j] += slope * hidden[j];
                    hiddenGradient[j] = slope * headWeight[j];
                }
                gradient[_shape.Tensors[^1].Offset] += slope;
            }
            pass.Backward(gradient);
        }
        _workspaces.Return(workspace);
    }
}
