using Microsoft.ML.SoftPrompt.Tests.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Streaming;

/// <summary>The example of docs/streaming.md.</summary>
public sealed class StreamingDocsTests
{
    [Fact]
    public void The_document_prints_what_is_run_here()
    {
        MLContext ml = ToyDetector.Ml;
        string folder = Directory.CreateTempSubdirectory("softprompt-streaming-").FullName, modelPath = Path.Combine(folder, "model.zip"), statePath = Path.Combine(folder, "detector.state");
        try
        {
            Reading[] history = Enumerable.Range(0, 60).Select(i => new Reading { Host = $"host {i / 30}", Value = i % 7, IsAnomaly = i % 30 == 6 }).ToArray();
            IDataView windows = ml.Data.WindowSeries(ml.Data.LoadFromEnumerable(history), "Series", nameof(Reading.Value), nameof(Reading.IsAnomaly), nameof(Reading.Host), windowSize: 12, stride: 3);
            ml.Model.Save(ml.Transforms.QuantizeSeries("Tokens", "Series", 20, nameof(Reading.Host)).Append(ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(epochs: 1))).Fit(windows), windows.Schema, modelPath);
            StreamingReading[] readings = ToyDetector.Readings("host 1", 20, apart: 5), more = [ToyDetector.At(100, 1)];
            var alarms = new List<string>();

            #region example
            ITransformer model = ml.Model.Load(modelPath, out DataViewSchema schema);
            var options = new StreamingDetectorOptions
            {
                Stride = 5,                                    // score every fifth reading of a series, once its window is full
                MaxSeries = 10_000,
                LateReadings = LateReadings.Insert,
                RepeatedTimes = RepeatedTimes.KeepFirst,
                Gaps = ReadingGaps.Fill,
                Interval = TimeSpan.FromMinutes(5),
            };
            StreamingDetector detector = ml.AnomalyDetection.CreateStreamingDetector(model, schema, options);
            detector.SeriesEvicted += (_, gone) => alarms.Add($"{gone.Key} is no longer followed, last heard of at {gone.LastTime:u}");

            foreach (StreamingScore score in detector.Add(readings))     // of any keys, in the order of arrival; due windows are scored together
            {
                if (score.PredictedLabel)
                    alarms.Add($"{score.Key} at {score.Time:u}: {score.Value}, probability {score.Probability:0.00}");
            }
            StreamingCounts counts = detector.Counts;                    // what was dropped, inserted, filled, evicted

            detector.Save(statePath);
            using FileStream state = File.OpenRead(statePath);
            StreamingDetector restarted = ml.AnomalyDetection.CreateStreamingDetector(model, schema, options, state);
            #endregion

            counts.Should().Be(new StreamingCounts { Readings = 20, DueWindows = 2 });
            restarted.Counts.Should().Be(counts);
            restarted.Add(more).Should().Equal(detector.Add(more));
            Documents.ShouldPrint("docs/streaming.md", "example");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
