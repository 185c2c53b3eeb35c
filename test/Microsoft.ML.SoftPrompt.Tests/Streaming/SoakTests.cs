using System.Diagnostics;
using Microsoft.ML.SoftPrompt.Tests.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Streaming;

/// <summary>Tests that measure the process as a whole, and so run alone, after all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeProcess
{
    public const string Name = "whole process";
}

/// <summary>A day's readings, one a minute, of a thousand series at full speed.</summary>
[Collection(WholeProcess.Name)]
public sealed class SoakTests
{
    private const int Keys = 1_000, Minutes = 24 * 60, Window = ToySeries.Length;

    /// <summary>A window of each series is scored every 42 minutes, so that the day's 35,000 windows take less than a minute, and the last ends with the day.</summary>
    private const int Stride = 42;

    /// <summary>What a process takes and gives back in its own time, such as a thread of the pool.</summary>
    private const int OfPassing = 16;

    private const long MostHeap = 4 << 20, MostWorkingSet = 64 << 20;

    private sealed record Measures(long Heap, long WorkingSet, int Handles, int Threads)
    {
        public static Measures Take()
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            long heap = GC.GetTotalMemory(forceFullCollection: true);
            using var process = Process.GetCurrentProcess();
            return new Measures(heap, process.WorkingSet64, process.HandleCount, process.Threads.Count);
        }
    }

    [Fact]
    [Trait("Category", "Long")]
    public void A_day_of_a_thousand_series_leaves_memory_handles_and_threads_as_they_were_and_the_scores_right()
    {
        var ml = new MLContext(seed: 1);
        ITransformer model = ml.Transforms.QuantizeSeries("Tokens", "Series", binCount: 20).Append(ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(epochs: 1)))
            .Fit(ml.Data.LoadFromEnumerable(ToySeries.Windows(24)));
        var options = new StreamingDetectorOptions { WindowSize = Window, Stride = Stride };
        StreamingDetector detector = ml.AnomalyDetection.CreateStreamingDetector(model, options);
        string[] keys = [.. Enumerable.Range(0, Keys).Select(key => $"host {key}")];
        StreamingReading[] Readings(int minute) => [.. keys.Select((key, number) => new StreamingReading(key, Value(number, minute), DateTime.UnixEpoch.AddMinutes(minute)))];

        Measures? first = null;
        long scored = 0;
        IReadOnlyList<StreamingScore> last = [];
        for (int minute = 0; minute < Minutes; minute++)
        {
            if (minute == Minutes / 10)
                first = Measures.Take();
            last = detector.Add(Readings(minute));
            scored += last.Count;
        }
        Measures end = Measures.Take();

        scored.Should().Be(Keys * ((Minutes - Window) / Stride + 1));
        (end.Heap - first!.Heap).Should().BeLessThan(MostHeap, "managed bytes were {0} after a tenth of the day", first.Heap);
        (end.WorkingSet - first.WorkingSet).Should().BeLessThan(MostWorkingSet, "the working set was {0} after a tenth of the day", first.WorkingSet);
        (end.Handles - first.Handles).Should().BeLessThan(OfPassing, "handles were {0}", first.Handles);
        (end.Threads - first.Threads).Should().BeLessThan(OfPassing, "threads were {0}", first.Threads);

        StreamingDetector fresh = ml.AnomalyDetection.CreateStreamingDetector(model, options);
        IReadOnlyList<StreamingScore> expected = [];
        for (int minute = Minutes - Window; minute < Minutes; minute++)
            expected = fresh.Add(Readings(minute));
        last.Select(score => (score.Key, score.Score, score.Probability, score.PredictedLabel)).Should().Equal(expected.Select(score => (score.Key, score.Score, score.Probability, score.PredictedLabel)));
        GC.KeepAlive(detector);
    }

    /// <summary>A day's wave of its own for each series, with a missing value now and then.</summary>
    private static float Value(int key, int minute) => (31 * key + minute) % 97 == 0 ? float.NaN : 0.5f + 0.5f * MathF.Sin((minute + 7 * key) * MathF.Tau / Minutes * (1 + key % 5));
}
