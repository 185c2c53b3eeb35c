using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Microsoft.ML.Data;

/// <summary>Counts by actual class (the rows) and predicted class (the columns); of two, the positive class comes first.</summary>
public sealed class ConfusionMatrix
{
    private readonly string[] _classes;

    internal ConfusionMatrix(double[][] counts, string[] classes)
    {
        Counts = counts;
        _classes = classes;
        PerClassRecall = [.. counts.Select((row, i) => Ratio(row[i], row.Sum()))];
        PerClassPrecision = [.. counts.Select((_, i) => Ratio(counts[i][i], counts.Sum(row => row[i])))];
    }

    public IReadOnlyList<double> PerClassPrecision { get; }

    public IReadOnlyList<double> PerClassRecall { get; }

    public IReadOnlyList<IReadOnlyList<double>> Counts { get; }

    public int NumberOfClasses => Counts.Count;

    public double GetCountForClassPair(int predictedClassIndicatorIndex, int actualClassIndicatorIndex)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(predictedClassIndicatorIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(predictedClassIndicatorIndex, NumberOfClasses);
        ArgumentOutOfRangeException.ThrowIfNegative(actualClassIndicatorIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(actualClassIndicatorIndex, NumberOfClasses);
        return Counts[actualClassIndicatorIndex][predictedClassIndicatorIndex];
    }

    public string GetFormattedConfusionTable()
    {
        int width = Math.Max(_classes.Max(c => c.Length), Counts.Max(row => row.Max(n => Number(n).Length)));
        int first = Math.Max("PREDICTED".Length, width + 1);
        string rule = new(' ', first + 1);
        rule += "||" + new string('=', (_classes.Length * (width + 3)));
        var table = new StringBuilder();
        if (NumberOfClasses == 2)
        {
            var (positives, negatives) = (Counts[0].Sum(), Counts[1].Sum());
            table.AppendLine(string.Format(
                CultureInfo.InvariantCulture, "TEST POSITIVE RATIO:\t{0:N4} ({1:F1}/({1:F1}+{2:F1}))", positives / (positives + negatives), positives, negatives));
        }
        table.AppendLine("Confusion table");
        table.AppendLine(rule);
        table.AppendLine($"{"PREDICTED".PadRight(first)} || {string.Join(" | ", _classes.Select(c => c.PadLeft(width)))} | Recall");
        table.AppendLine($"{"TRUTH".PadRight(first)} {rule[(first + 1)..]}");
        for (int i = 0; i < NumberOfClasses; i++)
            table.AppendLine($"{_classes[i].PadLeft(first)} || {string.Join(" | ", Counts[i].Select(n => Number(n).PadLeft(width)))} | {Rate(PerClassRecall[i])}");
        table.AppendLine(rule);
        table.AppendLine($"{"Precision".PadRight(first)} || {string.Join(" | ", PerClassPrecision.Select(p => Rate(p).PadLeft(width)))} |");
        return table.ToString();
    }

    private static double Ratio(double part, double whole) => whole > 0 ? part / whole : 0;

    private static string Number(double n) => n.ToString("N0", CultureInfo.InvariantCulture);

    private static string Rate(double r) => r.ToString("F4", CultureInfo.InvariantCulture);
}
