using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>The rows of a vocabulary as they are stored: it is the largest part of a small model and is only looked up.</summary>
#pragma warning disable CA1001 // A backbone lives as long as anyone uses it; its memory goes with the last reference.
internal sealed unsafe class EmbeddingTable
#pragma warning restore CA1001
{
    /// <summary>Bytes read at a time.</summary>
    private const int ChunkBytes = 1 << 22;

    private readonly string _type;
    private readonly float _scale;
    private readonly AlignedMemory _memory;
    private readonly int _rowBytes;

    /// <param name="file">The file of weights.</param>
    /// <param name="tensor">[rows, width], whole blocks a row.</param>
    /// <param name="scale">What rows are multiplied with on their way out.</param>
    /// <exception cref="InvalidDataException">A number is not finite, or of a type that is not read.</exception>
    public EmbeddingTable(WeightFile file, WeightTensor tensor, float scale)
    {
        file.CheckIsWeight(tensor);
        Rows = checked((int)tensor.Shape[0]);
        Width = checked((int)tensor.Shape[1]);
        _type = tensor.Type;
        _scale = scale;
        _rowBytes = checked((int)NumberTypes.BytesOf(_type, Width));
        _memory = new AlignedMemory((nint)((tensor.Bytes + sizeof(float) - 1) / sizeof(float)));
        int rowsAtATime = Math.Max(1, ChunkBytes / _rowBytes);
        for (int id = 0; id < Rows; id += rowsAtATime)
        {
            Span<byte> rows = new(Row(id), Math.Min(rowsAtATime, Rows - id) * _rowBytes);
            file.ReadRaw(tensor, (long)id * _rowBytes, rows);
            file.CheckFinite(tensor, rows, (long)id * _rowBytes);
        }
    }

    public int Rows { get; }

    public int Width { get; }

    /// <summary>Copies a row; the id was checked.</summary>
    public void CopyRow(int id, Span<float> destination)
    {
        using AlignedMemory.Lease lease = _memory.Use();
        NumberTypes.Widen(_type, new ReadOnlySpan<byte>(Row(id), _rowBytes), destination);
        if (_scale != 1)
            foreach (ref float value in destination)
                value *= _scale;
    }

    private byte* Row(int id) => (byte*)_memory.Pointer + (nint)id * _rowBytes;
}
