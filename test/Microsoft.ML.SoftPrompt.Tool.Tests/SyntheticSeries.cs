using System.Globalization;
using System.Text;

namespace Microsoft.ML.SoftPrompt.Tool.Tests;

/// <summary>A wave with dips in it, as a CSV file.</summary>
internal static class SyntheticSeries
{
    // A dip of four readings in every forty: each part of a split has some.
    private const int Period = 40, DipStart = 22, DipLength = 4;

    public static string Csv(int count, int offset = 0)
    {
        var text = new StringBuilder("timestamp,value,is_anomaly\n");
        for (int i = 0; i < count; i++)
        {
            int phase = (i + offset) % Period;
            bool dip = phase is >= DipStart and < DipStart + DipLength;
            double value = dip ? 10 : 50 + 5 * Math.Sin(i + offset);
            text.Append(CultureInfo.InvariantCulture, $"{new DateTime(2020, 1, 1).AddHours(i):yyyy-MM-dd HH:mm:ss},{value:0.##},{(dip ? 1 : 0)}\n");
        }
        return text.ToString();
    }
}
