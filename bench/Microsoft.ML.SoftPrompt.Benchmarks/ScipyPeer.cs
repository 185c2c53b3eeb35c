using System.Globalization;

namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>Runs peers/scipy_labels.py, which labels a series by SciPy's tests, a split at a time.</summary>
internal sealed class ScipyPeer(string script)
{
    private const int Rounds = 3;

    /// <summary>Gives the peer if it is asked for and there, and says so if it is not.</summary>
    public static ScipyPeer? Find(string[] options)
    {
        if (!options.Contains("--peer"))
            return null;
        string script = Path.Combine(AppContext.BaseDirectory, "peers", "scipy_labels.py");
        string? missing = Python.Missing(script, "scipy");
        if (missing is null)
            return new ScipyPeer(script);
        Console.WriteLine($"The peer is not available: {missing}.");
        return null;
    }

    /// <summary>Median seconds of a label, and the smallest p-values of the two tests over the splits.</summary>
    /// <param name="series">The values.</param>
    /// <param name="step">Every how manyth split is tested.</param>
    public (double Seconds, double Shift, double Volatility) Measure(float[] series, int step)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, series.Select(value => ((double)value).ToString("R", CultureInfo.InvariantCulture)));
            string[][] lines = [.. (Python.Execute(null, script, file, $"{step}", $"{Rounds}") ?? throw new InvalidOperationException($"{script} failed."))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))];
            double[] best = [.. lines[^1][1..].Select(Number)];
            return (lines[..^1].Select(line => Number(line[1])).Order().ElementAt(Rounds / 2), best[0], best[1]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
