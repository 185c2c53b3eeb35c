namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>Every vector width that this processor runs, the scalar one among them: an index into <see cref="Kernels.Supported"/>.</summary>
public sealed class KernelWidths : TheoryData<int>
{
    public KernelWidths()
    {
        for (int i = 0; i < Kernels.Supported().Count; i++)
            Add(i);
    }
}
