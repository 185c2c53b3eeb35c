using Microsoft.ML.SoftPrompt.Tests.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Streaming;

public sealed class StreamingDetectorTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [Fact]
    public void A_reading_gets_the_score_of_its_trailing_window_as_the_model_gives_it()
    {
        ITransformer model = Ml.Transforms.QuantizeSeries("Tokens", "Series", binCount: 20).Append(Ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(epochs: 1)))
            .Fit(Ml.Data.LoadFromEnumerable(ToySeries.Windows(24)));
        float[] values = ToySeries.Windows(2, seed: 3).SelectMany(window => window.Series).ToArray();
        StreamingDetector detector = Ml.AnomalyDetection.CreateStreamingDetector(model, new StreamingDetectorOptions { WindowSize = ToySeries.Length, Stride = 4 });

        StreamingScore[] scores = values.Select(value => detector.Add(new StreamingReading("one", value))).OfType<StreamingScore>().ToArray();

        scores.Select(score => score.Index).Should().Equal(11, 15, 19, 23);
        Query[] windows = scores.Select(score => new Query { Series = values[(int)(score.Index - 11)..(int)(score.Index + 1)] }).ToArray();
        Answer[] expected = Ml.Data.CreateEnumerable<Answer>(model.Transform(Ml.Data.LoadFromEnumerable(windows)), reuseRowObject: false).ToArray();
        scores.Select(score => (score.Score, score.Probability, score.PredictedLabel)).Should().Equal(expected.Select(answer => (answer.Score, answer.Probability, answer.PredictedLabel)));
    }
}
