using System;

namespace Microsoft.ML.Data;

/// <summary>Writes a vector into the arrays of an old one where they are large enough.</summary>
public static class VBufferEditor
{
    public static VBufferEditor<T> CreateFromBuffer<T>(ref VBuffer<T> destination) =>
        new(destination.Length, destination.GetValues().Length, destination.ValuesArray ?? [], destination.IndicesArray, false, false);

    public static VBufferEditor<T> Create<T>(
        ref VBuffer<T> destination, int newLogicalLength, int? valuesCount = null, int? maxValuesCapacity = null,
        bool keepOldOnResize = false, bool requireIndicesOnDense = false)
    {
        if (newLogicalLength < 0)
            throw new ArgumentOutOfRangeException(nameof(newLogicalLength), "The length must not be negative.");
        int count = valuesCount ?? newLogicalLength;
        if (count < 0 || count > newLogicalLength)
            throw new ArgumentOutOfRangeException(nameof(valuesCount), "The count must lie between 0 and the length.");
        int capacity = Math.Max(count, maxValuesCapacity ?? 0);

        var values = Sized(destination.ValuesArray, capacity, keepOldOnResize, out bool newValues);
        var indices = destination.IndicesArray;
        bool newIndices = false;
        if (count < newLogicalLength || requireIndicesOnDense)
            indices = Sized(indices, capacity, keepOldOnResize, out newIndices);
        return new(newLogicalLength, count, values, indices, newValues, newIndices);
    }

    private static TItem[] Sized<TItem>(TItem[] old, int size, bool keep, out bool created)
    {
        created = (old?.Length ?? 0) < size;
        if (!created)
            return old ?? [];
        var array = new TItem[size];
        if (keep)
            old?.CopyTo(array, 0);
        return array;
    }
}

/// <summary>The arrays being written, until <see cref="Commit"/> makes a vector of them.</summary>
public readonly ref struct VBufferEditor<T>
{
    private readonly int _length;
    private readonly T[] _values;
    private readonly int[] _indices;

    public readonly Span<T> Values;
    public readonly Span<int> Indices;

    internal VBufferEditor(int length, int count, T[] values, int[] indices, bool createdNewValues, bool createdNewIndices)
    {
        _length = length;
        _values = values;
        _indices = indices;
        CreatedNewValues = createdNewValues;
        CreatedNewIndices = createdNewIndices;
        Values = values.AsSpan(0, count);
        Indices = indices is not null && indices.Length >= count ? indices.AsSpan(0, count) : default;
    }

    public bool CreatedNewValues { get; }

    public bool CreatedNewIndices { get; }

    public VBuffer<T> Commit() => new(_length, Values.Length, _values, _indices);

    public VBuffer<T> CommitTruncated(int physicalValuesCount) => new(_length, physicalValuesCount, _values, _indices);
}
