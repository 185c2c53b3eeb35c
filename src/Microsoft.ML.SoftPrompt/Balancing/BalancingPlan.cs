using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Balancing;

/// <summary>What balancing makes of a view: which rows train and which validate, and which series are added to those that train.</summary>
/// <param name="Rows">Rows of the view.</param>
/// <param name="Split">Which of them train and which validate; rows in neither are left out.</param>
/// <param name="Minority">Which class has fewer rows that train; none where both have as many.</param>
/// <param name="Anomalous">Anomalous rows that train.</param>
/// <param name="Normal">Normal rows that train.</param>
/// <param name="Needed">Series that would bring the minority to the ratio asked for.</param>
/// <param name="BaseRows">The rows, ascending, that synthetic ones start from: the x_i of SPEAR, eq. (4).</param>
/// <param name="Synthetic">The series added; none where none are needed.</param>
internal sealed record BalancingPlan(int Rows, ValidationSplit Split, string? Minority, int Anomalous, int Normal, int Needed, int[] BaseRows, TSmote? Synthetic)
{
    public int SyntheticCount => Synthetic?.Count ?? 0;

    public static BalancingPlan Make(IDataView view, BalancingInput columns, TSmoteBalancer.Options options)
    {
        int seed = options.Seed!.Value;
        var rows = BalancingRows.Read(view, columns);
        var split = options.ValidationFraction == 0
            ? ValidationSplit.None(rows.Splits.Count)
            : ValidationSplit.HoldOut(rows.Splits, seed, options.ValidationFraction, columns.Split.HoldsOutEndOfEachGroup);
        int[] anomalous = split.Train.Where(i => rows.Splits[i].HasAnomaly).ToArray();
        int[] normal = split.Train.Where(i => !rows.Splits[i].HasAnomaly).ToArray();
        if (anomalous.Length == 0 || normal.Length == 0)
            throw new InvalidOperationException($"Of the {split.Train.Count} rows that train {anomalous.Length} are anomalous and {normal.Length} normal in label column '{columns.Label.Name}'; balancing needs both classes.");

        int[] minority = anomalous.Length < normal.Length ? anomalous : normal;
        int needed = TSmote.CountNeeded(minority.Length, split.Train.Count - minority.Length, options.TargetRatio);
        int count = Math.Min(needed, options.MaximumSyntheticCount ?? needed);
        string? name = anomalous.Length == normal.Length ? null : minority == anomalous ? "anomalous" : "normal";
        var plan = new BalancingPlan(rows.Splits.Count, split, name, anomalous.Length, normal.Length, needed, [], null);
        if (count == 0)
            return plan;
        try
        {
            var series = minority.Select(i => rows.Series[i]).ToArray();
            return plan with { BaseRows = minority, Synthetic = TSmote.Create(series, count, options.NeighbourCount, options.Lengths, seed) };
        }
        catch (ArgumentException e)
        {
            throw DataFault.From(e, $"Series column '{columns.Series.Name}': ");
        }
    }

    public void Report(IChannel channel, BalancingInput columns)
    {
        channel.Tell($"{Split.Reason}");
        channel.Tell($"{Anomalous:N0} anomalous and {Normal:N0} normal rows train; {SyntheticCount:N0} synthetic {Minority ?? "minority"} rows are added for the stages fitted after this one.");
        if (SyntheticCount < Needed)
            channel.Warn($"The ratio asked for needs {Needed:N0} synthetic rows, and MaximumSyntheticCount allows {SyntheticCount:N0}.");
        if (SyntheticCount > 0 && columns.Tokens.Count > 0)
            channel.Warn($"Column '{columns.Tokens[0]}' holds tokens, which synthetic rows copy from the row that they start from: they do not belong to the interpolated series in column '{columns.Series.Name}'. Balance before QuantizeSeries.");
    }
}
