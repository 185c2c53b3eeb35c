using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>What one call to the backbone writes to; kept for the next batch.</summary>
/// <param name="hiddenSize">Components of a row.</param>
/// <param name="promptComponents">Components of the gradient that the call sends to the prompt.</param>
internal sealed class TrainingCall(int hiddenSize, int promptComponents)
{
    private float[] _hidden = [];
    private float[] _hiddenGradient = [];
    private int _length;

    public double Loss;
    public double HeadBiasGradient;

    public BackboneInput Input { get; } = new(hiddenSize);

    public Span<float> Hidden => _hidden.AsSpan(0, _length);

    public Span<float> HiddenGradient => _hiddenGradient.AsSpan(0, _length);

    public float[] PromptGradient { get; } = new float[promptComponents];

    public float[] MissingRowGradient { get; } = new float[hiddenSize];

    public double[] HeadWeightGradient { get; } = new double[hiddenSize];

    public void Start(int length)
    {
        _length = length;
        if (_hidden.Length < length)
            (_hidden, _hiddenGradient) = (new float[length], new float[length]);
        (Loss, HeadBiasGradient) = (0, 0);
        Array.Clear(HeadWeightGradient);
    }
}
