using System.Numerics;

namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

/// <summary>A series without its missing values, in double precision; what is there keeps its place in time.</summary>
internal sealed class PresentValues
{
    private readonly double[] _values;
    private readonly int[] _places;

    private PresentValues(int capacity)
    {
        _values = new double[capacity];
        _places = new int[capacity];
    }

    public int Count { get; private set; }

    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    /// <summary>Gets each value's index in the series, from 0.</summary>
    public ReadOnlySpan<int> Places => _places.AsSpan(0, Count);

    /// <param name="series">Finite values in time order; NaN is a missing one.</param>
    public static PresentValues Of<TValue>(ReadOnlySpan<TValue> series)
        where TValue : IFloatingPoint<TValue>
    {
        var present = new PresentValues(series.Length);
        for (int i = 0; i < series.Length; i++)
        {
            if (TValue.IsNaN(series[i]))
                continue;
            present._values[present.Count] = double.CreateChecked(series[i]);
            present._places[present.Count++] = i;
        }
        return present;
    }
}
