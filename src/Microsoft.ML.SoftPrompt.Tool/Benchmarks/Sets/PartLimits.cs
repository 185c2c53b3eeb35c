using System.Globalization;
using Microsoft.ML.SoftPrompt.Baselines;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;

/// <summary>How many series of each part a cell takes at most, drawn by its seed; null takes all.</summary>
internal sealed record PartLimits(int? Training, int? Validation, int? Test)
{
    /// <summary>All series of all parts.</summary>
    public static readonly PartLimits None = new(null, null, null);

    private const string All = "all";

    public override string ToString() => string.Join('/', new[] { Training, Validation, Test }.Select(limit => limit?.ToString(CultureInfo.InvariantCulture) ?? All));

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static PartLimits Parse(string text)
    {
        int? Limit(string part) => part.Equals(All, StringComparison.OrdinalIgnoreCase) ? null
            : int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit > 0 ? limit
            : throw Malformed(text);
        int?[] limits = [.. text.Split('/').Select(Limit)];
        return limits.Length == 3 ? new PartLimits(limits[0], limits[1], limits[2]) : throw Malformed(text);
    }

    /// <summary>Draws the series. Of the balanced training part the same share of both classes is drawn, so that it stays as balanced as it was.</summary>
    public BenchmarkData Draw(BenchmarkData data, int seed)
    {
        IReadOnlyList<LabeledSeries> training = Draw(data.Training, Training, seed), balanced = data.Synthetic == 0 ? training : Draw(data.Balanced, Training, seed);
        var originals = data.Training.ToHashSet(ReferenceEqualityComparer.Instance);
        return data with
        {
            Training = training,
            Balanced = balanced,
            Synthetic = data.Synthetic == 0 ? 0 : balanced.Count(series => !originals.Contains(series)),
            Validation = Draw(data.Validation, Validation, seed),
            Test = Draw(data.Test, Test, seed),
        };
    }

    /// <summary>The drawn series in their order.</summary>
    private static IReadOnlyList<LabeledSeries> Draw(IReadOnlyList<LabeledSeries> series, int? limit, int seed)
    {
        if (limit is not { } count || count >= series.Count)
            return series;
        int[] PlacesOf(bool anomalous)
        {
            int[] places = [.. Enumerable.Range(0, series.Count).Where(i => series[i].Labels.Span.Contains(true) == anomalous)];
            new Random(seed).Shuffle(places);
            return places;
        }
        int[] anomalous = PlacesOf(true), normal = PlacesOf(false);
        // At least one of each class, where there is one and the limit leaves room for both.
        int share = (int)Math.Round((double)count * anomalous.Length / series.Count, MidpointRounding.AwayFromZero);
        int flagged = Math.Clamp(share, Math.Min(1, anomalous.Length), Math.Max(1, count - Math.Min(1, normal.Length)));
        return [.. anomalous.Take(flagged).Concat(normal.Take(count - flagged)).Order().Select(place => series[place])];
    }

    private static FormatException Malformed(string text) =>
        new($"'{text}' is no limit. Write how many series at most train, validate and test, for example 1000/400/2000, or {All} in place of a number.");
}
