namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>A tensor as a file of weights describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its number type as the file writes it, e.g. <c>F16</c>.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Offset">First byte, counted from the start of the file.</param>
/// <param name="Bytes">Number of bytes.</param>
internal sealed record WeightTensor(string Name, string Type, IReadOnlyList<long> Shape, long Offset, long Bytes)
{
    /// <summary>Numbers in the tensor.</summary>
    public long Count => Bytes / NumberTypes.BlockBytes(Type) * NumberTypes.BlockNumbers(Type);

    /// <summary>The shape for messages, e.g. <c>[300, 48]</c>.</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
