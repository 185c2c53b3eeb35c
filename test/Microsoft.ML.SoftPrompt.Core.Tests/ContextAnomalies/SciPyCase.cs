using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

/// <summary>A series with what SciPy makes of it.</summary>
internal sealed class SciPyCase
{
    private const string File = "context/statistics.json";
    private const double Tolerance = 1e-9;

    // SciPy's means carry the rounding of doubles, a part in 1e16 of the values: far from zero that is much of the values' spread.
    private const double RoundingOfMeans = 1e-14;

    // Of a statistic so near 0 that p is 1 but for some 1e-6, SciPy's upper tail of F keeps half the digits.
    private const double ToleranceNearOne = 1e-8;
    private const double NearOne = 0.99;

    // Two values lie equally far from their median: of four, SciPy's p-value of Levene's test is 0 or what rounding makes of 0.
    private const double RoundedZero = 1e-25;

    // Below it doubles lose digits one by one.
    private const double SmallestFull = 1e-307;

    private readonly JsonElement _case;

    public SciPyCase(string name)
    {
        using JsonDocument golden = Golden.Json(File);
        _case = golden.RootElement.GetProperty("cases").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name).Clone();
        Values = [.. _case.GetProperty("x").EnumerateArray().Select(x => x.GetDouble())];
    }

    public static IEnumerable<string> Names
    {
        get
        {
            using JsonDocument golden = Golden.Json(File);
            return [.. golden.RootElement.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];
        }
    }

    public double[] Values { get; }

    public PresentValues Series => PresentValues.Of<double>(Values);

    /// <summary>Gets slope and p-value; null where there is no line to fit.</summary>
    public (double Slope, double PValue)? Trend =>
        _case.TryGetProperty("trend", out JsonElement trend) ? (Number(trend.GetProperty("slope")), Number(trend.GetProperty("p"))) : null;

    public double JumpMean => _case.GetProperty("spike").GetProperty("mean").GetDouble();

    public double JumpDeviation => _case.GetProperty("spike").GetProperty("sd_population").GetDouble();

    /// <summary>Gets the p-values of the splits 2, 3, … T − 2; NaN where SciPy gives none.</summary>
    public double[] ShiftPValues => Splits("shift_p");

    public double[] VolatilityPValues => Splits("levene_p");

    /// <summary>How far a p-value may be from SciPy's.</summary>
    public double Allowed(double expected)
    {
        double mean = Values.Average(), deviation = Math.Sqrt(Values.Average(x => (x - mean) * (x - mean)));
        double tolerance = Math.Max(expected > NearOne ? ToleranceNearOne : Tolerance, deviation > 0 ? RoundingOfMeans * Math.Abs(mean) / deviation : 0);
        return tolerance * Math.Abs(expected) + (Values.Length == 4 ? RoundedZero : SmallestFull);
    }

    private double[] Splits(string test) => [.. _case.GetProperty(test).EnumerateObject().Select(split => Number(split.Value))];

    private static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble();
}
