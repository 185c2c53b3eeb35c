using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>The rows of a vocabulary in the precision in which they were stored: it is the largest part of a small model and is only looked up.</summary>
#pragma warning disable CA1001 // A backbone lives as long as anyone uses it; its memory goes with the last reference.
internal sealed unsafe class EmbeddingTable
#pragma warning restore CA1001
{
    private readonly string _type;
    private readonly AlignedMemory _memory;
    private readonly int _rowBytes;

    public EmbeddingTable(WeightFile file, WeightTensor tensor)
    {
        Rows = checked((int)tensor.Shape[0]);
        Width = checked((int)tensor.Shape[1]);
        _type = tensor.Type;
        file.CheckIsWeight(tensor);
        _rowBytes = checked((int)NumberTypes.BytesOf(_type, Width));
        _memory = new AlignedMemory((nint)((tensor.Bytes + sizeof(float) - 1) / sizeof(float)));
        Span<byte> bytes = new(_memory.Pointer, checked((int)tensor.Bytes));
        file.ReadRaw(tensor, 0, bytes);
        file.CheckFinite(tensor, bytes);
    }

    public int Rows { get; }

    public int Width { get; }

    /// <summary>Copies a row; the id was checked.</summary>
    public void CopyRow(int id, Span<float> destination)
    {
        using AlignedMemory.Lease lease = _memory.Use();
        ReadOnlySpan<byte> row = new((byte*)_memory.Pointer + (nint)id * _rowBytes, _rowBytes);
        NumberTypes.Widen(_type, row, destination);
    }
}
