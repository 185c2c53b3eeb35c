namespace Microsoft.ML.SoftPrompt.Tests.Balancing;

/// <summary>A series with more columns than balancing needs.</summary>
public class SeriesRow
{
    public int Number { get; set; }

    public string Host { get; set; } = "";

    public float[] Series { get; set; } = [];

    public bool Label { get; set; }

    public double[] Extra { get; set; } = [];
}

/// <summary>The same with what balancing says of it.</summary>
public sealed class BalancedRow : SeriesRow
{
    public bool IsSynthetic { get; set; }

    public bool IsValidation { get; set; }
}

/// <summary>Rows for balancing.</summary>
internal static class SeriesRows
{
    /// <summary>Rows of which every third or so is anomalous, and the last fifth holds both classes.</summary>
    public static SeriesRow[] Some(int count, int seed = 1, int length = 6, int hosts = 5)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(i => new SeriesRow
        {
            Number = i,
            Host = $"host {i % hosts}",
            Series = Enumerable.Range(0, length).Select(_ => random.NextSingle()).ToArray(),
            Label = i % 3 == 0,
            Extra = [i, -i],
        }).ToArray();
    }

    public static BalancedRow[] Read(MLContext ml, IDataView view) => ml.Data.CreateEnumerable<BalancedRow>(view, reuseRowObject: false).ToArray();

    /// <summary>A row's content, to compare rows by.</summary>
    public static string Text(BalancedRow row) =>
        $"{row.Number} {row.Host} {row.Label} {string.Join(' ', row.Series.Select(BitConverter.SingleToUInt32Bits))} {string.Join(' ', row.Extra)} {row.IsSynthetic} {row.IsValidation}";
}
