using System.Globalization;

namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>The parts that readings are divided into.</summary>
internal enum SeriesPart
{
    Train,
    Validation,
    Test,
    All,
}

/// <summary>
/// Percentages for training, validation and test. Every series is cut by time, before windows are cut, so that no window spans two parts.
/// </summary>
internal sealed record SeriesSplit(double Train, double Validation, double Test)
{
    // Percentages such as 33.3/33.3/33.4 are sums of decimals.
    private const double SumTolerance = 1e-6;

    /// <summary>Every reading trains; nothing is held back.</summary>
    public static readonly SeriesSplit None = new(100, 0, 0);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Train}/{Validation}/{Test}");

    /// <exception cref="FormatException">Not `none`, nor three percentages that sum to 100 with some training.</exception>
    public static SeriesSplit Parse(string text)
    {
        if (text.Equals("none", StringComparison.OrdinalIgnoreCase))
            return None;
        string[] parts = text.Split('/');
        var shares = new double[3];
        bool proper = parts.Length == 3;
        for (int i = 0; proper && i < 3; i++)
            proper = double.TryParse(parts[i], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out shares[i]);
        if (!proper || shares[0] <= 0 || Math.Abs(shares.Sum() - 100) > SumTolerance)
            throw new FormatException($"'{text}' is no split. Write train/validation/test in percent, summing to 100 and training above 0, for example 60/20/20, or none to train on everything.");
        return new SeriesSplit(shares[0], shares[1], shares[2]);
    }

    /// <summary>The readings of one part of each series; series without a reading there are left out.</summary>
    public IReadOnlyList<ReadingSeries> Cut(IReadOnlyList<ReadingSeries> series, SeriesPart part) =>
        series.Select(whole => Cut(whole, part)).Where(cut => cut.Count > 0).ToArray();

    /// <summary>Where the validation and the test part of so many items begin.</summary>
    public (int Validation, int Test) Cuts(int count) => (Position(Train, count), Position(Train + Validation, count));

    private ReadingSeries Cut(ReadingSeries series, SeriesPart part)
    {
        (int validationStart, int testStart) = Cuts(series.Count);
        (int from, int to) = part switch
        {
            SeriesPart.Train => (0, validationStart),
            SeriesPart.Validation => (validationStart, testStart),
            SeriesPart.Test => (testStart, series.Count),
            _ => (0, series.Count),
        };
        return series with { Readings = series.Readings.Skip(from).Take(to - from).ToArray() };
    }

    private static int Position(double percent, int count) => Math.Min(count, (int)Math.Round(percent * count / 100, MidpointRounding.AwayFromZero));
}
