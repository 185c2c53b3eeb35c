using MathNet.Numerics.Statistics;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>
/// A trained LSTM with the scales of what goes in: a step is (time, value), each less the training part's mean and over its deviation. A
/// missing value goes in as the last one before it, and as the mean where there is none.
/// </summary>
/// <param name="Network">The network.</param>
/// <param name="Values">The values' scale.</param>
/// <param name="Times">The times' scale.</param>
internal sealed record LstmModel(LstmNetwork Network, ValueScale Values, MeanDeviation Times)
{
    public const int Inputs = 2;

    /// <summary>Fits the scales and trains.</summary>
    /// <param name="training">Checked series of both classes.</param>
    /// <param name="validation">Checked series that choose the epoch; may be empty.</param>
    /// <param name="labelKind">What a label belongs to.</param>
    /// <param name="byGroup">Whether each group has a scale of its own.</param>
    /// <param name="settings">The settings, in range.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellation">Asked within every batch.</param>
    public static (LstmModel Model, LstmTrainingResult Result) Fit(IReadOnlyList<LabeledSeries> training, IReadOnlyList<LabeledSeries> validation, LabelKind labelKind, bool byGroup,
        LstmSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        ValueScale values = ValueScale.Fit(training, byGroup);
        var allTimes = new RunningStatistics(training.SelectMany(series => Enumerable.Range(0, series.Values.Length).Select(i => TimeOf(series, i))));
        var times = new MeanDeviation(allTimes.Mean, allTimes.PopulationStandardDeviation);
        LstmTrainingResult result = LstmTrainingLoop.Run(Inputs, labelKind, Examples(training, values, times), Examples(validation, values, times), settings, progress, cancellation);
        return (new LstmModel(new LstmNetwork(result.Weights, labelKind), values, times), result);
    }

    /// <summary>Computes the logits of checked series, one a label kind's label.</summary>
    public float[] Score(IReadOnlyList<LabeledSeries> series, CancellationToken cancellation = default) => Network.Score(Examples(series, Values, Times), cancellation);

    private static LstmExample[] Examples(IReadOnlyList<LabeledSeries> series, ValueScale values, MeanDeviation times)
    {
        var examples = new LstmExample[series.Count];
        for (int s = 0; s < examples.Length; s++)
        {
            ReadOnlySpan<float> of = series[s].Values.Span;
            MeanDeviation scale = values.Of(series[s].Group);
            var inputs = new float[Inputs * of.Length];
            float last = 0;
            for (int i = 0; i < of.Length; i++)
            {
                if (!float.IsNaN(of[i]))
                    last = scale.ToSingle(of[i]);
                inputs[Inputs * i] = times.ToSingle(TimeOf(series[s], i));
                inputs[Inputs * i + 1] = last;
            }
            examples[s] = new LstmExample(inputs, Array.ConvertAll(series[s].Labels.ToArray(), label => label ? 1f : 0f));
        }
        return examples;
    }

    private static double TimeOf(LabeledSeries series, int i) => series.Times.IsEmpty ? i : series.Times.Span[i];
}
