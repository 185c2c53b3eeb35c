namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>
/// A group of series in the order in which an LSTM goes through them: step by step, at each step the series that are long enough, the
/// longest first. A series' length is all that it takes: nothing is padded.
/// </summary>
internal sealed class LstmSequences
{
    private readonly int[] _places;
    private readonly int[] _starts;
    private readonly int[] _lengths;

    /// <param name="lengths">The number of steps of each series, at least 1.</param>
    public LstmSequences(int[] lengths)
    {
        _lengths = lengths;
        // OrderBy is stable; a series' place changes nothing of its result.
        int[] order = Enumerable.Range(0, lengths.Length).OrderByDescending(series => lengths[series]).ToArray();
        _places = new int[lengths.Length];
        for (int place = 0; place < order.Length; place++)
            _places[order[place]] = place;
        _starts = new int[lengths.Max() + 1];
        int active = lengths.Length;
        for (int step = 0; step < Steps; step++)
        {
            while (lengths[order[active - 1]] <= step)
                active--;
            _starts[step + 1] = _starts[step] + active;
        }
    }

    public int Count => _lengths.Length;

    /// <summary>Steps of the longest series.</summary>
    public int Steps => _starts.Length - 1;

    /// <summary>Rows of all steps together, one a value.</summary>
    public int Rows => _starts[^1];

    public int LengthOf(int series) => _lengths[series];

    /// <summary>The first row of a step.</summary>
    public int Start(int step) => _starts[step];

    /// <summary>Series that have the step; 0 behind the last.</summary>
    public int Active(int step) => step < Steps ? _starts[step + 1] - _starts[step] : 0;

    public int RowOf(int series, int step) => _starts[step] + _places[series];
}
