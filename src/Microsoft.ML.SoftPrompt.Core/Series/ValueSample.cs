using System.Runtime.InteropServices;

namespace Microsoft.ML.SoftPrompt.Series;

/// <summary>What is kept of values to lay bins over them: their limits, and where quantiles are asked for the values themselves. Missing ones (NaN) are left out.</summary>
internal sealed class ValueSample(bool keepValues)
{
    private readonly List<float> _values = [];

    public ValueRange Range { get; private set; } = ValueRange.Empty;

    public bool IsEmpty => Range.IsEmpty;

    public void Add(ReadOnlySpan<float> values)
    {
        Range = Range.Include(values);
        if (!keepValues)
            return;
        foreach (float value in values)
            if (!float.IsNaN(value))
                _values.Add(value);
    }

    public void Clear()
    {
        Range = ValueRange.Empty;
        _values.Clear();
    }

    /// <summary>Puts the kept values in order.</summary>
    public ReadOnlySpan<float> Sort()
    {
        var values = CollectionsMarshal.AsSpan(_values);
        values.Sort();
        return values;
    }
}
