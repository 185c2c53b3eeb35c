namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// The series of one call to a backbone: rows that all series share in front (the soft prompt), and for each series its positions, of
/// any number, with the output positions that are wanted. Nothing is padded. Reusable: <see cref="Clear(ReadOnlyMemory{float}, ReadOnlyMemory{float})"/> and fill again.
/// </summary>
public sealed class BackboneInput
{
    private readonly List<int> _positions = [];
    private readonly List<int> _positionStarts = [0];
    private readonly List<int> _wanted = [];
    private readonly List<int> _wantedStarts = [0];

    /// <summary>Makes an empty input for a backbone of the given width.</summary>
    /// <param name="hiddenSize">Components of a row, at least 1.</param>
    public BackboneInput(int hiddenSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hiddenSize, 1);
        HiddenSize = hiddenSize;
    }

    /// <summary>Gets the components of a row.</summary>
    public int HiddenSize { get; }

    /// <summary>Gets the rows in front of every series, [<see cref="SharedCount"/>, <see cref="HiddenSize"/>].</summary>
    public ReadOnlyMemory<float> SharedRows { get; private set; }

    /// <summary>Gets the rows that positions may refer to with <see cref="Supplied"/>, [<see cref="SuppliedCount"/>, <see cref="HiddenSize"/>].</summary>
    public ReadOnlyMemory<float> SuppliedRows { get; private set; }

    /// <summary>Gets the shared rows' keys and values where they were computed before; null where each call computes them.</summary>
    internal SharedPrompt? Prompt { get; private set; }

    /// <summary>Gets the number of shared rows.</summary>
    public int SharedCount => SharedRows.Length / HiddenSize;

    /// <summary>Gets the number of supplied rows.</summary>
    public int SuppliedCount => SuppliedRows.Length / HiddenSize;

    /// <summary>Gets the number of series.</summary>
    public int SeriesCount => _positionStarts.Count - 1;

    /// <summary>Gets the number of wanted output positions of all series.</summary>
    public int WantedCount => _wanted.Count;

    /// <summary>Gets the number of positions of all series, the shared rows counted once for each.</summary>
    public int PositionCount => _positions.Count + SeriesCount * SharedCount;

    /// <summary>Gives the position that stands for a supplied row.</summary>
    /// <param name="row">Index into <see cref="SuppliedRows"/>.</param>
    /// <returns>A negative number; positions of 0 and above are token ids.</returns>
    public static int Supplied(int row) => ~row;

    /// <summary>Removes the series and sets the rows.</summary>
    /// <param name="sharedRows">[m, HiddenSize], may be empty. Not copied.</param>
    /// <param name="suppliedRows">[k, HiddenSize], may be empty. Not copied.</param>
    /// <exception cref="ArgumentException">A length is no multiple of the hidden size.</exception>
    public void Clear(ReadOnlyMemory<float> sharedRows, ReadOnlyMemory<float> suppliedRows)
    {
        if (sharedRows.Length % HiddenSize != 0 || suppliedRows.Length % HiddenSize != 0)
            throw new ArgumentException($"Rows of {sharedRows.Length} and {suppliedRows.Length} components do not divide into rows of {HiddenSize}.");
        SharedRows = sharedRows;
        SuppliedRows = suppliedRows;
        Prompt = null;
        _positions.Clear();
        _wanted.Clear();
        _positionStarts.RemoveRange(1, _positionStarts.Count - 1);
        _wantedStarts.RemoveRange(1, _wantedStarts.Count - 1);
    }

    /// <summary>Removes the series and sets the rows, whose keys and values the prompt holds where it is not null.</summary>
    internal void Clear(ReadOnlyMemory<float> sharedRows, ReadOnlyMemory<float> suppliedRows, SharedPrompt? prompt)
    {
        Clear(sharedRows, suppliedRows);
        if (prompt is not null && !prompt.Rows.Equals(sharedRows))
            throw new ArgumentException("The prompt was computed from other rows.", nameof(prompt));
        Prompt = prompt;
    }

    /// <summary>Adds a series.</summary>
    /// <param name="positions">Token ids, or <see cref="Supplied"/> rows, in order, behind the shared rows.</param>
    /// <param name="wanted">Output positions to answer with, counted from the first shared row (0 … SharedCount + positions − 1), ascending.</param>
    /// <exception cref="ArgumentException">The series is empty, or a position or wanted index is out of range or order.</exception>
    public void Add(ReadOnlySpan<int> positions, ReadOnlySpan<int> wanted)
    {
        int length = SharedCount + positions.Length;
        if (length == 0)
            throw new ArgumentException("A series without positions and without shared rows in front has nothing to compute.", nameof(positions));
        foreach (int position in positions)
            if (position < 0 && ~position >= SuppliedCount)
                throw new ArgumentException($"A position refers to supplied row {~position}, of {SuppliedCount}.", nameof(positions));
        for (int i = 0; i < wanted.Length; i++)
            if (wanted[i] < 0 || wanted[i] >= length || (i > 0 && wanted[i] <= wanted[i - 1]))
                throw new ArgumentException($"Wanted position {wanted[i]} at index {i} is not an ascending index below {length}.", nameof(wanted));
        _positions.AddRange(positions);
        _positionStarts.Add(_positions.Count);
        _wanted.AddRange(wanted);
        _wantedStarts.Add(_wanted.Count);
    }

    /// <summary>Gives the positions of a series, without the shared rows.</summary>
    public ReadOnlySpan<int> Positions(int series) => Slice(_positions, _positionStarts, series);

    /// <summary>Gives the wanted output positions of a series, counted from the first shared row.</summary>
    public ReadOnlySpan<int> Wanted(int series) => Slice(_wanted, _wantedStarts, series);

    private static ReadOnlySpan<int> Slice(List<int> values, List<int> starts, int series) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(values)[starts[series]..starts[series + 1]];
}
