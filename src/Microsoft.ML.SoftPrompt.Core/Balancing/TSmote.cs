namespace Microsoft.ML.SoftPrompt.Balancing;

/// <summary>
/// Synthetic series between minority series and their nearest neighbours (SPEAR, eq. (4)): x_syn = x_i + λ (x_nn − x_i), where x_nn is one
/// of the k nearest minority neighbours of x_i (Euclidean) and λ is uniform in [0, 1).
/// </summary>
internal sealed class TSmote
{
    private readonly RowSeries[] _minority;
    private readonly Draw[] _draws;

    private TSmote(RowSeries[] minority, Draw[] draws)
    {
        _minority = minority;
        _draws = draws;
    }

    /// <summary>Number of synthetic series.</summary>
    public int Count => _draws.Length;

    /// <summary>How many series bring the minority to the ratio: ratio · majority, rounded (halves up), less the minority; at least 0.</summary>
    public static int CountNeeded(int minority, int majority, double targetRatio) =>
        Math.Max(0, (int)Math.Round(targetRatio * majority, MidpointRounding.AwayFromZero) - minority);

    /// <summary>
    /// Draws x_i, x_nn and λ of each synthetic series. The minority series take turns as x_i, in an order drawn once, so that no two differ by
    /// more than one in how often they were x_i.
    /// </summary>
    /// <param name="minority">The minority series.</param>
    /// <param name="count">How many series to make, at least 1.</param>
    /// <param name="neighbourCount">k, at least 1.</param>
    /// <param name="lengths">Which series may be neighbours.</param>
    /// <param name="seed">The same seed and series give the same synthetic series, whatever the number of threads.</param>
    /// <exception cref="ArgumentException">A minority series has fewer than k neighbours.</exception>
    public static TSmote Create(IReadOnlyList<RowSeries> minority, int count, int neighbourCount, NeighbourLengths lengths, int seed)
    {
        RowSeries[] series = lengths == NeighbourLengths.ResampleToMedian ? Resampling.ToMedianLength(minority) : [.. minority];
        int[][] nearest = NearestNeighbours.Find(series, neighbourCount);
        CheckNeighbours(minority, nearest, neighbourCount, lengths);

        var random = new Random(seed);
        int[] turns = Enumerable.Range(0, series.Length).ToArray();
        random.Shuffle(turns);
        var draws = new Draw[count];
        for (int i = 0; i < count; i++)
        {
            int from = turns[i % turns.Length];
            draws[i] = new Draw(from, nearest[from][random.Next(neighbourCount)], random.NextDouble());
        }
        return new TSmote(series, draws);
    }

    /// <summary>Which of the minority series, by index, is the x_i of a synthetic one.</summary>
    public int BaseOf(int synthetic) => _draws[synthetic].Base;

    /// <summary>Makes a synthetic series; a value that is missing in x_i or x_nn is missing in it.</summary>
    public double[] Make(int synthetic)
    {
        var (from, to, weight) = _draws[synthetic];
        return _minority[from].Values.Zip(_minority[to].Values, (x, y) => Interpolate(x, y, weight)).ToArray();
    }

    public static double Interpolate(double from, double to, double weight) => from + weight * (to - from);

    private static void CheckNeighbours(IReadOnlyList<RowSeries> minority, int[][] nearest, int neighbourCount, NeighbourLengths lengths)
    {
        int few = Array.FindIndex(nearest, found => found.Length < neighbourCount);
        if (few < 0)
            return;
        string advice = lengths == NeighbourLengths.EqualLengths ? ", set Lengths to ResampleToMedian where lengths differ," : "";
        throw new ArgumentException($"Too few neighbours: {minority.Count} minority series train, and the one in row {minority[few].Row} (from 0; {minority[few].Values.Length} values) has {nearest[few].Length} (series of the same group and length that share a present value); NeighbourCount asks for {neighbourCount}. Lower NeighbourCount{advice} or add data.", nameof(minority));
    }

    private readonly record struct Draw(int Base, int Neighbour, double Weight);
}
