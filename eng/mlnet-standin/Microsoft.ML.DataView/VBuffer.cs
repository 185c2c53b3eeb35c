using System;
using System.Collections;
using System.Collections.Generic;

namespace Microsoft.ML.Data;

/// <summary>A vector's value, dense or sparse. Whoever passes one by reference lends its arrays to be written again.</summary>
public readonly struct VBuffer<T> : IEnumerable
{
    private readonly T[] _values;
    private readonly int[] _indices;
    private readonly int _count;

    public readonly int Length;

    public VBuffer(int length, T[] values, int[] indices = null)
    {
        if (length < 0)
            throw new ArgumentException("The length must not be negative.", nameof(length));
        if ((values?.Length ?? 0) < length)
            throw new ArgumentException("There must be at least as many values as the length says.", nameof(values));
        Length = length;
        _values = values;
        _indices = indices;
        _count = length;
    }

    public VBuffer(int length, int count, T[] values, int[] indices)
    {
        if (length < 0)
            throw new ArgumentException("The length must not be negative.", nameof(length));
        if (count < 0 || count > length)
            throw new ArgumentException("The count must lie between 0 and the length.", nameof(count));
        if ((values?.Length ?? 0) < count)
            throw new ArgumentException("There must be at least as many values as the count says.", nameof(values));
        if (count != length && (indices?.Length ?? 0) < count)
            throw new ArgumentException("There must be at least as many indices as the count says.", nameof(indices));
        Length = length;
        _values = values;
        _indices = indices;
        _count = count;
    }

    public bool IsDense => _count == Length;

    internal T[] ValuesArray => _values;

    internal int[] IndicesArray => _indices;

    public static void Copy(T[] source, int sourceIndex, ref VBuffer<T> destination, int length)
    {
        var editor = VBufferEditor.Create(ref destination, length);
        source.AsSpan(sourceIndex, length).CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public ReadOnlySpan<T> GetValues() => _values.AsSpan(0, _count);

    /// <summary>The explicit values' places, ascending; empty where the vector is dense.</summary>
    public ReadOnlySpan<int> GetIndices() => IsDense ? default : _indices.AsSpan(0, _count);

    public void CopyTo(ref VBuffer<T> destination)
    {
        var editor = VBufferEditor.Create(ref destination, Length, _count);
        GetValues().CopyTo(editor.Values);
        if (!IsDense)
            GetIndices().CopyTo(editor.Indices);
        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination, int sourceIndex, int length)
    {
        if (sourceIndex < 0 || sourceIndex > Length || length < 0 || length > Length - sourceIndex)
            throw new ArgumentOutOfRangeException(nameof(sourceIndex), "The range must lie within the vector.");
        var values = new T[length];
        for (int i = 0; i < length; i++)
            values[i] = GetItemOrDefault(sourceIndex + i);
        Copy(values, 0, ref destination, length);
    }

    public void CopyToDense(ref VBuffer<T> destination)
    {
        var editor = VBufferEditor.Create(ref destination, Length);
        CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public void CopyTo(Span<T> destination) => CopyTo(destination, 0);

    public void CopyTo(Span<T> destination, int destinationIndex, T defaultValue = default)
    {
        var target = destination.Slice(destinationIndex, Length);
        if (IsDense)
        {
            GetValues().CopyTo(target);
            return;
        }
        target.Fill(defaultValue);
        for (int i = 0; i < _count; i++)
            target[_indices[i]] = _values[i];
    }

    public IEnumerable<T> DenseValues()
    {
        for (int i = 0; i < Length; i++)
            yield return GetItemOrDefault(i);
    }

    public IEnumerable<KeyValuePair<int, T>> Items(bool all = false)
    {
        if (all)
        {
            for (int i = 0; i < Length; i++)
                yield return new(i, GetItemOrDefault(i));
            yield break;
        }
        for (int i = 0; i < _count; i++)
            yield return new(IsDense ? i : _indices[i], _values[i]);
    }

    public void GetItemOrDefault(int index, ref T destination) => destination = GetItemOrDefault(index);

    public T GetItemOrDefault(int index)
    {
        if (index < 0 || index >= Length)
            throw new ArgumentOutOfRangeException(nameof(index), "The index must lie within the vector.");
        if (IsDense)
            return _values[index];
        int at = Array.BinarySearch(_indices, 0, _count, index);
        return at >= 0 ? _values[at] : default;
    }

    public IEnumerator GetEnumerator() => DenseValues().GetEnumerator();

    public override string ToString() => IsDense ? $"Dense vector of size {Length}" : $"Sparse vector of size {Length}, {_count} explicit values";
}
