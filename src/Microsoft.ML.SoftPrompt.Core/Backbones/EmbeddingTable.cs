using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// The rows of a vocabulary: the largest part of a small model, and only looked up. Sixteen-bit numbers stay as they were stored, all else
/// is kept as singles.
/// </summary>
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
    /// <param name="tensor">[rows, width].</param>
    /// <param name="scale">What rows are multiplied with on their way out.</param>
    /// <exception cref="InvalidDataException">A number is not finite, or of a type that is not read.</exception>
    public EmbeddingTable(WeightFile file, WeightTensor tensor, float scale)
    {
        Rows = checked((int)tensor.Shape[0]);
        Width = checked((int)tensor.Shape[1]);
        _scale = scale;
        bool halves = tensor.Type is "F16" or "BF16";
        _type = halves ? tensor.Type : "F32";
        _rowBytes = checked(Width * (halves ? sizeof(ushort) : sizeof(float)));
        _memory = new AlignedMemory((nint)(((long)Rows * _rowBytes + sizeof(float) - 1) / sizeof(float)));
        int rowsAtATime = Math.Max(1, ChunkBytes / _rowBytes);
        for (int id = 0; id < Rows; id += rowsAtATime)
        {
            int rows = Math.Min(rowsAtATime, Rows - id);
            if (halves)
                file.ReadRaw(tensor, (long)id * _rowBytes, new Span<byte>(Row(id), rows * _rowBytes));
            else
                file.Read(tensor, (long)id * Width, new Span<float>(Row(id), rows * Width));
        }
        if (halves)
            CheckFinite(file, tensor);
    }

    public int Rows { get; }

    public int Width { get; }

    /// <summary>Copies a row; the id was checked.</summary>
    public void CopyRow(int id, Span<float> destination)
    {
        using AlignedMemory.Lease lease = _memory.Use();
        ReadOnlySpan<byte> row = new(Row(id), _rowBytes);
        if (_type == "F32")
            row.CopyTo(MemoryMarshal.AsBytes(destination));
        else
            SafetensorsFile.Widen(_type, row, destination);
        if (_scale != 1)
            foreach (ref float value in destination)
                value *= _scale;
    }

    private void CheckFinite(WeightFile file, WeightTensor tensor)
    {
        float[] row = new float[Width];
        for (int id = 0; id < Rows; id++)
        {
            SafetensorsFile.Widen(_type, new ReadOnlySpan<byte>(Row(id), _rowBytes), row);
            // 0 · x is 0 for a finite x and NaN for any other, and a NaN stays in the sum.
            float sum = 0;
            foreach (Vector<float> part in MemoryMarshal.Cast<float, Vector<float>>(row))
                sum += Vector.Sum(part * 0f);
            for (int i = row.Length - row.Length % Vector<float>.Count; i < row.Length; i++)
                sum += row[i] * 0;
            if (sum != 0)
            {
                int at = Array.FindIndex(row, value => !float.IsFinite(value));
                throw new InvalidDataException(FormattableString.Invariant(
                    $"'{file.Name}': tensor '{tensor.Name}' holds {row[at]} at index {(long)id * Width + at}; weights are finite numbers."));
            }
        }
    }

    private byte* Row(int id) => (byte*)_memory.Pointer + (nint)id * _rowBytes;
}
