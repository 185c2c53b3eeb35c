using System.Globalization;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks;

/// <summary>One of several processes that do a plan together, each every n-th training.</summary>
/// <param name="Index">From 1.</param>
internal sealed record Shard(int Index, int Count)
{
    public static readonly Shard Whole = new(1, 1);

    public bool IsWhole => Count == 1;

    /// <exception cref="FormatException">Not i/n with i from 1 to n.</exception>
    public static Shard Parse(string text)
    {
        string[] parts = text.Split('/');
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count) && index >= 1 && index <= count
            ? new Shard(index, count)
            : throw new FormatException($"'{text}' is no shard. Write which one of how many, for example 1/2 in one process and 2/2 in another.");
    }

    public IEnumerable<T> Of<T>(IReadOnlyList<T> all) => all.Where((_, i) => i % Count == Index - 1);

    public override string ToString() => $"{Index}/{Count}";
}
