using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>
/// The controls that every result stands beside. They are given the same scale as the model: where each group has a range of its own,
/// z-scores take the group's mean and deviation, and jumps count in deviations of the group.
/// </summary>
internal static class Controls
{
    public static ControlNotes Fit(IReadOnlyList<ReadingSeries> train, IReadOnlyList<ReadingSeries> validation, TrainingSettings settings)
    {
        Spread whole = Measure(train.SelectMany(series => series.Readings)) ?? new Spread(0, 0);
        Dictionary<string, Spread> groups = settings.Scale == SeriesScale.All ? [] : train.ToDictionary(series => series.Name, series => Measure(series.Readings) ?? whole);
        IReadOnlyList<JudgedItem> trainItems = JudgedItems.Of(train, settings), chosenOn = JudgedItems.Of(validation, settings);
        // As for the model: a threshold is chosen where there are both classes.
        bool onValidation = chosenOn.Any(item => item.IsAnomaly) && chosenOn.Any(item => !item.IsAnomaly);
        if (!onValidation)
            chosenOn = trainItems;
        var notes = new ControlNotes(whole, groups, trainItems.Count(item => item.IsAnomaly) * 2 > trainItems.Count, 0, 0, onValidation);
        return notes with { ZScoreThreshold = Threshold(chosenOn, item => ZScore(item, notes)), JumpThreshold = Threshold(chosenOn, item => Jump(item, notes)) };
    }

    public static double ZScore(JudgedItem item, ControlNotes notes)
    {
        Spread spread = notes.Of(item.Group);
        return SeriesControls.LargestZScore(item.ZScoreValues.Span, spread.Mean, spread.Deviation);
    }

    public static double Jump(JudgedItem item, ControlNotes notes)
    {
        double jump = SeriesControls.LargestJump(item.JumpValues.Span);
        if (notes.Groups.Count == 0)
            return jump;
        double deviation = notes.Of(item.Group).Deviation;
        // As for z-scores: any jump in a group that never moved is beyond all measure.
        return deviation > 0 ? jump / deviation : jump > 0 ? double.MaxValue : 0;
    }

    private static double Threshold(IReadOnlyList<JudgedItem> items, Func<JudgedItem, double> score) =>
        DecisionThreshold.ByF1(items.Select(score).ToArray(), items.Select(item => item.IsAnomaly).ToArray());

    private static Spread? Measure(IEnumerable<Reading> readings)
    {
        float[] values = readings.Select(reading => reading.Value).Where(value => !float.IsNaN(value)).ToArray();
        if (values.Length == 0)
            return null;
        (double mean, double deviation) = SeriesControls.MeanAndDeviation(values);
        return new Spread(mean, deviation);
    }
}
