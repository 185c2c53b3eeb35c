namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

/// <summary>A series without its missing values; what is there keeps its place in time.</summary>
internal sealed class PresentValues
{
    private readonly double[] _values;
    private readonly int[] _places;

    /// <param name="series">Finite values in time order; NaN is a missing one.</param>
    public PresentValues(ReadOnlySpan<double> series)
    {
        int count = 0;
        _values = new double[series.Length];
        _places = new int[series.Length];
        for (int i = 0; i < series.Length; i++)
        {
            if (double.IsNaN(series[i]))
                continue;
            _values[count] = series[i];
            _places[count++] = i;
        }
        Count = count;
    }

    public int Count { get; }

    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    /// <summary>Gets each value's index in the series, from 0.</summary>
    public ReadOnlySpan<int> Places => _places.AsSpan(0, Count);
}
