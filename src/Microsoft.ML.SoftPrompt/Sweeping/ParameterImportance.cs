using System.Globalization;

namespace Microsoft.ML.SoftPrompt.Sweeping;

/// <summary>The spread of the marginal means of each parameter, and how often chance alone gives as much.</summary>
internal static class ParameterImportance
{
    private const int Shuffles = 1000;
    private const int MostValues = 4;

    public static IReadOnlyList<SweepImportance> Of(SweepSpace space, IReadOnlyList<SweepTrial> trials)
    {
        SweepTrial[] judged = trials.Where(trial => trial.Rungs.Count > 0).ToArray();
        double[] metric = Array.ConvertAll(judged, trial => trial.Rungs[0].Validation.AveragePrecision);
        return space.Axes().Where(axis => axis.IsSwept).Select(axis => Of(axis, judged, metric)).OfType<SweepImportance>()
            .OrderByDescending(importance => importance.Spread).ToArray();
    }

    private static SweepImportance? Of(SweepAxis axis, SweepTrial[] trials, double[] metric)
    {
        object?[] values = Array.ConvertAll(trials, trial => axis.Read(trial.Values));
        (int[] groupOf, string[] names) = Group(values);
        if (names.Length < 2)
            return null;
        double[] means = Means(groupOf, metric, names.Length);
        double spread = means.Max() - means.Min();
        double[] shuffled = [.. metric];
        var random = new Random(0);
        int asMuch = 0;
        for (int i = 0; i < Shuffles; i++)
        {
            random.Shuffle(shuffled);
            double[] chance = Means(groupOf, shuffled, names.Length);
            // Sums of the same numbers in another order differ in their last bits.
            asMuch += chance.Max() - chance.Min() >= spread - 1e-12 ? 1 : 0;
        }
        return new SweepImportance(axis.Name, spread, (double)asMuch / Shuffles,
            names.Select((name, group) => new SweepImportanceGroup(name, groupOf.Count(one => one == group), means[group])).ToArray());
    }

    /// <summary>Groups by value; more than a few numbers by thirds of the trials, equal values together.</summary>
    private static (int[] GroupOf, string[] Names) Group(object?[] values)
    {
        object?[] distinct = [.. values.Distinct().OrderBy(Order)];
        if (distinct.Length <= MostValues || values.Any(value => value is Enum))
            return (Array.ConvertAll(values, value => Array.IndexOf(distinct, value)), Array.ConvertAll(distinct, Text));
        object?[] ordered = [.. values.OrderBy(Order)];
        object? lower = ordered[ordered.Length / 3], upper = ordered[2 * ordered.Length / 3];
        int[] groups = Array.ConvertAll(values, value => Order(value) < Order(lower) ? 0 : Order(value) < Order(upper) ? 1 : 2);
        int[] used = [.. groups.Distinct().Order()];
        string[] names = Array.ConvertAll(used, group =>
        {
            object?[] inGroup = [.. values.Where((_, i) => groups[i] == group).OrderBy(Order)];
            return Equals(inGroup[0], inGroup[^1]) ? Text(inGroup[0]) : $"{Text(inGroup[0])} to {Text(inGroup[^1])}";
        });
        return (Array.ConvertAll(groups, group => Array.IndexOf(used, group)), names);
    }

    private static double[] Means(int[] groupOf, double[] metric, int groups)
    {
        var sums = new double[groups];
        var counts = new int[groups];
        for (int i = 0; i < metric.Length; i++)
        {
            sums[groupOf[i]] += metric[i];
            counts[groupOf[i]]++;
        }
        return sums.Select((sum, group) => sum / counts[group]).ToArray();
    }

    private static double Order(object? value) => value is null ? double.NegativeInfinity : Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private static string Text(object? value) => value switch
    {
        null => "none",
        double number => number.ToString("G3", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
