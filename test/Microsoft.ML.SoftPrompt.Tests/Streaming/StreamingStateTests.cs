using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.SoftPrompt.Tests.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Streaming;

public sealed class StreamingStateTests
{
    private const int Size = ToySeries.Length;

    private static StreamingDetectorOptions Options(int stride = 3) => new()
    {
        Stride = stride,
        MaxSeries = 3,
        LateReadings = LateReadings.Insert,
        RepeatedTimes = RepeatedTimes.KeepLast,
        Gaps = ReadingGaps.Fill,
        Interval = TimeSpan.FromMinutes(1),
        LongestFilledGap = 2,
    };

    private static byte[] Saved(StreamingDetector detector)
    {
        using var stream = new MemoryStream();
        detector.Save(stream);
        return stream.ToArray();
    }

    private static StreamingDetector Restored(byte[] state, StreamingDetectorOptions? options = null) => ToyDetector.Create(options ?? Options(), new MemoryStream(state));

    /// <summary>Readings of four hosts for three places, late, repeated and with gaps.</summary>
    private static StreamingReading[] Disorderly(int seed, int count = 500)
    {
        var random = new Random(seed);
        int minute = 0;
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            minute += random.Next(-1, 3);
            // The fourth comes now and then, and takes another's place.
            int host = random.Next(40) == 0 ? 4 : random.Next(1, 4);
            return ToyDetector.At(minute / 3, random.Next(20) == 0 ? float.NaN : random.NextSingle(), $"host {host}");
        })];
    }

    [Fact]
    public void However_readings_are_cut_into_batches_with_saving_and_restoring_between_the_scores_are_the_same()
    {
        Prop.ForAll<int, PositiveInt, bool>((seed, largest, restores) =>
        {
            StreamingReading[] readings = Disorderly(seed);
            StreamingDetector whole = ToyDetector.Create(Options()), cut = ToyDetector.Create(Options());
            IReadOnlyList<StreamingScore> expected = whole.Add(readings);

            var found = new List<StreamingScore>();
            var random = new Random(seed);
            for (int i = 0; i < readings.Length;)
            {
                int next = Math.Min(readings.Length, i + random.Next(1, largest.Get * 4 + 2));
                found.AddRange(cut.Add(readings[i..next]));
                i = next;
                if (restores && random.Next(4) == 0)
                    cut = Restored(Saved(cut));
            }

            expected.Should().NotBeEmpty();
            found.Should().Equal(expected);
            cut.Counts.Should().Be(whole.Counts);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20).WithReplay(1, 1));
    }

    [Theory]
    [InlineData(LateReadings.Refuse, RepeatedTimes.KeepFirst)]
    [InlineData(LateReadings.Drop, RepeatedTimes.Refuse)]
    public void A_batch_is_refused_where_one_of_its_readings_would_be_and_then_leaves_nothing_whoever_gives_place_within_it(LateReadings late, RepeatedTimes repeated)
    {
        var random = new Random(1);
        // Nothing is due, so that only the taking in is tried.
        var options = new StreamingDetectorOptions { MaxSeries = 3, LateReadings = late, RepeatedTimes = repeated, WindowSize = Size, Stride = 1000 };
        StreamingDetector detector = ToyDetector.Create(options);
        int refused = 0, taken = 0;
        for (int i = 0; i < 500; i++)
        {
            StreamingReading[] batch = [.. Enumerable.Range(0, random.Next(2, 6)).Select(_ => ToyDetector.At(i / 4 + random.Next(3), 1, $"host {random.Next(6)}"))];
            byte[] before = Saved(detector);
            StreamingDetector single = Restored(before, options);
            Exception? one = Record.Exception(() => Array.ForEach(batch, reading => single.Add(reading)));

            Exception? all = Record.Exception(() => detector.Add(batch));

            all?.Message.Should().Be(one?.Message);
            (all is null).Should().Be(one is null);
            Saved(detector).Should().Equal(all is null ? Saved(single) : before);
            (refused, taken) = all is null ? (refused, taken + 1) : (refused + 1, taken);
        }
        refused.Should().BeGreaterThan(20);
        taken.Should().BeGreaterThan(20);
        detector.Counts.EvictedSeries.Should().BeGreaterThan(20);
    }

    [Fact]
    public void A_file_keeps_series_counts_and_who_was_idle_longest()
    {
        string folder = Directory.CreateTempSubdirectory("softprompt-state-").FullName;
        try
        {
            string path = Path.Combine(folder, "detector.state");
            StreamingDetector detector = ToyDetector.Create(Options());
            detector.Add([ToyDetector.At(1, 1, "a"), ToyDetector.At(1, 2, "b"), ToyDetector.At(1, 3, "c"), ToyDetector.At(2, 1, "a")]);
            detector.Save(path);
            detector.Save(path);

            using FileStream state = File.OpenRead(path);
            StreamingDetector restored = ToyDetector.Create(Options(), state);

            (restored.SeriesCount, restored.Counts).Should().Be((3, detector.Counts));
            string? evicted = null;
            restored.SeriesEvicted += (_, gone) => evicted = gone.Key;
            restored.Add(ToyDetector.At(3, 1, "d"));
            evicted.Should().Be("b");
            Directory.GetFiles(folder).Should().Equal(path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Where_fewer_series_are_kept_than_a_state_has_the_longest_idle_leave_and_are_counted()
    {
        StreamingDetector detector = ToyDetector.Create(Options());
        detector.Add([ToyDetector.At(1, 1, "a"), ToyDetector.At(1, 2, "b"), ToyDetector.At(1, 3, "c")]);
        StreamingDetectorOptions fewer = Options();
        fewer.MaxSeries = 2;

        StreamingDetector restored = Restored(Saved(detector), fewer);

        (restored.SeriesCount, restored.Counts.EvictedSeries).Should().Be((2, 1));
    }

    [Fact]
    public void A_state_of_another_detector_is_refused_with_what_differs()
    {
        StreamingDetector detector = ToyDetector.Create(Options());
        byte[] state = Saved(detector);
        ITransformer other = ToyDetector.Fit("Host", seed: 2);

        FluentActions.Invoking(() => Restored(state, Options(stride: 4))).Should().Throw<InvalidDataException>().WithMessage("The state belongs to another detector: the stride is 3 there and 4 here.*");
        StreamingDetectorOptions shorter = Options();
        (shorter.WindowSize, shorter.LateReadings) = (6, LateReadings.Drop);
        FluentActions.Invoking(() => Restored(state, shorter)).Should().Throw<InvalidDataException>().WithMessage("*the window is 12 there and 6 here, LateReadings.Insert is True there and False here*");
        StreamingDetector Of(ITransformer model, bool allow)
        {
            StreamingDetectorOptions options = Options();
            (options.WindowSize, options.AllowStateOfOtherModel) = (Size, allow);
            return ToyDetector.Ml.AnomalyDetection.CreateStreamingDetector(model, options, new MemoryStream(state));
        }
        FluentActions.Invoking(() => Of(other, allow: false)).Should().Throw<InvalidDataException>().WithMessage("*the model's fingerprint is * AllowStateOfOtherModel goes on with its readings, or start*");
        Of(other, allow: true).Counts.Should().Be(detector.Counts);
    }

    [Fact]
    public void A_model_that_was_saved_and_loaded_is_the_same_one()
    {
        byte[] state = Saved(ToyDetector.Create(Options()));
        using var file = new MemoryStream();
        ToyDetector.Ml.Model.Save(ToyDetector.Model, null, file);
        StreamingDetectorOptions options = Options();
        options.WindowSize = Size;

        ITransformer loaded = new MLContext().Model.Load(new MemoryStream(file.ToArray()), out _);

        FluentActions.Invoking(() => ToyDetector.Ml.AnomalyDetection.CreateStreamingDetector(loaded, options, new MemoryStream(state))).Should().NotThrow();
    }

    [Fact]
    public void A_damaged_state_is_refused_whatever_byte_is_wrong_or_missing()
    {
        StreamingDetector detector = ToyDetector.Create(Options());
        detector.Add(Disorderly(seed: 1, count: 40));
        byte[] state = Saved(detector);
        var random = new Random(1);

        FluentActions.Invoking(() => Restored([.. "not a state at all"u8])).Should().Throw<InvalidDataException>().WithMessage("This is no detector's state*");
        for (int i = 0; i < 300; i++)
        {
            byte[] damaged = (byte[])state.Clone();
            int at = random.Next(damaged.Length);
            damaged[at] ^= (byte)(1 << random.Next(8));
            FluentActions.Invoking(() => Restored(damaged)).Should().Throw<InvalidDataException>($"a bit of byte {at} is another");
            FluentActions.Invoking(() => Restored(state[..at])).Should().Throw<InvalidDataException>($"it ends at byte {at}");
        }
    }
}
