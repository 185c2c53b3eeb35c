using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Sweeping;

namespace Microsoft.ML.SoftPrompt.Tests.Sweeping;

public sealed class SoftPromptSweepTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("softprompt-sweep-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_gives_the_best_model_and_all_trials_whatever_the_parallelism()
    {
        var options = SweepReadings.Options();
        SweepResult one = SweepReadings.Run(options);
        options.Parallelism = 3;
        SweepResult three = SweepReadings.Run(options);

        one.Trials.Select(trial => trial.Number).Should().Equal(1, 2, 3);
        one.Trials.Should().OnlyContain(trial => trial.Status == SweepTrialStatus.Finished && trial.Epochs == 2 && trial.History.Count == 2 && trial.Rungs.Count == 1);
        one.IsComplete.Should().BeTrue();
        one.Best.Validation!.AveragePrecision.Should().Be(one.Trials.Max(trial => trial.Validation!.AveragePrecision));
        one.Best.Validation.Count.Should().Be(80, "the last 40 of 200 readings of each of two hosts validate, whatever the window");
        one.Parameters.PromptLength.Should().Be(one.Best.Values.PromptLength);

        SweepReadings.WithoutTime(three.Trials).Should().Equal(SweepReadings.WithoutTime(one.Trials));
        three.Parameters.Prompt.ToArray().Should().Equal(one.Parameters.Prompt.ToArray());
    }

    [Fact]
    public void A_trial_is_judged_by_the_mean_score_of_the_windows_that_hold_a_reading_and_its_model_saves_and_loads()
    {
        var ml = new MLContext();
        var options = SweepReadings.Options(epochs: 1);
        options.Trials = 1;
        options.Space.WindowSize = 8;
        options.Space.Stride = 3;
        Reading[] train = SweepReadings.Make(), held = SweepReadings.Make(45, seed: 2);
        SweepResult result = ml.AnomalyDetection.CreateSoftPromptSweep(options).Run(ml.Data.LoadFromEnumerable(train), ml.Data.LoadFromEnumerable(held));

        string path = Path.Combine(_folder, "model.zip");
        ml.Model.Save(result.Model, result.InputSchema, path);
        ITransformer loaded = ml.Model.Load(path, out _);

        // By hand: windows of 8 at 0, 3, … 36, and the last one at 37, of each host.
        int[] starts = [.. Enumerable.Range(0, 13).Select(i => 3 * i), 37];
        var scores = new List<double>();
        foreach (string host in new[] { "a", "b" })
        {
            float[] values = held.Where(reading => reading.Host == host).Select(reading => reading.Value).ToArray();
            var windows = ml.Data.LoadFromEnumerable(starts.Select(start => new Query { Host = host, Series = values[start..(start + 8)] }));
            float[] logits = ml.Data.CreateEnumerable<Answer>(loaded.Transform(windows), reuseRowObject: false).Select(answer => answer.Score).ToArray();
            scores.AddRange(Enumerable.Range(0, 45).Select(i => starts.Zip(logits).Where(window => window.First <= i && i < window.First + 8).Average(window => (double)window.Second)));
        }
        var expected = BinaryMetrics.Compute(scores.ToArray(), held.Select(reading => reading.IsAnomaly).ToArray(), result.Parameters.ScoreThreshold);

        result.Best.Validation!.AveragePrecision.Should().BeApproximately(expected.AveragePrecision, 1e-9);
        result.Best.Validation.F1.Should().BeApproximately(expected.F1, 1e-9);
        result.Evaluate(ml.Data.LoadFromEnumerable(held)).Should().Be(result.Best.Validation);
    }

    [Fact]
    public void Halving_prunes_by_rounds_and_what_goes_on_ends_as_if_it_had_not_stopped()
    {
        var options = SweepReadings.Options(epochs: 4);
        (options.Strategy, options.Trials, options.HalvingRate, options.Parallelism) = (SweepStrategy.SuccessiveHalving, 5, 2, 2);
        SweepResult result = SweepReadings.Run(options);

        // 5 trials for 1 epoch, 2 for 2, 1 for 4.
        result.Trials.Select(trial => trial.Rungs.Count).Order().Should().Equal(1, 1, 1, 2, 3);
        result.Trials.Count(trial => trial.Status == SweepTrialStatus.Pruned).Should().Be(4);
        result.Best.Status.Should().Be(SweepTrialStatus.Finished);
        result.Best.Rungs.Select(rung => rung.Epochs).Should().Equal(1, 2, 4);
        double[] first = result.Trials.Select(trial => trial.Rungs[0].Validation.AveragePrecision).OrderDescending().ToArray();
        result.Trials.Where(trial => trial.Rungs.Count > 1).Should().OnlyContain(trial => trial.Rungs[0].Validation.AveragePrecision >= first[1]);

        (options.Strategy, options.Trials) = (SweepStrategy.Random, result.Best.Number);
        SweepTrial whole = SweepReadings.Run(options).Trials[^1];
        whole.Values.Should().Be(result.Best.Values);
        whole.Rungs[0].Should().Be(result.Best.Rungs[2]);
        whole.History.Should().Equal(result.Best.History);
    }

    [Fact]
    public void A_sweep_that_was_ended_goes_on_and_ends_with_the_same_result()
    {
        var options = SweepReadings.Options(epochs: 2);
        (options.Strategy, options.Trials, options.HalvingRate) = (SweepStrategy.SuccessiveHalving, 4, 2);
        SweepResult whole = SweepReadings.Run(options);

        options.Directory = Path.Combine(_folder, "sweep");
        int batches = 0;
        foreach (int end in new[] { 4, 14 })
        {
            using var cancellation = new CancellationTokenSource();
            options.CancellationToken = cancellation.Token;
            options.Progress = new Told<SweepProgress>(progress =>
            {
                if (progress.Training is not null && ++batches == end)
                    cancellation.Cancel();
            });
            FluentActions.Invoking(() => SweepReadings.Run(options)).Should().Throw<OperationCanceledException>();
        }
        options.CancellationToken = default;
        int batchesAfter = 0;
        options.Progress = new Told<SweepProgress>(progress => batchesAfter += progress.Training is null ? 0 : 1);
        SweepResult gone = SweepReadings.Run(options);

        SweepReadings.WithoutTime(gone.Trials).Should().Equal(SweepReadings.WithoutTime(whole.Trials));
        gone.Parameters.Prompt.ToArray().Should().Equal(whole.Parameters.Prompt.ToArray());
        batchesAfter.Should().BePositive();

        // Done, it is read and not trained again, and the model is that of the file.
        batchesAfter = 0;
        SweepResult again = SweepReadings.Run(options);
        batchesAfter.Should().Be(0);
        SweepReadings.WithoutTime(again.Trials).Should().Equal(SweepReadings.WithoutTime(whole.Trials));
        again.Parameters.Prompt.ToArray().Should().Equal(whole.Parameters.Prompt.ToArray());
        again.Evaluate(SweepReadings.View(seed: 3)).Should().Be(whole.Evaluate(SweepReadings.View(seed: 3)));
        Directory.Exists(Path.Combine(options.Directory, "checkpoints", "0001")).Should().BeFalse("trials that have ended need none");

        options.Seed = 2;
        options.Space.BinCount = 50;
        FluentActions.Invoking(() => SweepReadings.Run(options)).Should().Throw<InvalidOperationException>()
            .WithMessage("*holds another sweep*BinCount is 50 here and 100 there*Seed is 2 here and 1 there*");
        options.Seed = 1;
        options.Space.BinCount = 100;
        FluentActions.Invoking(() => SweepReadings.Run(options, SweepReadings.View(seed: 4))).Should().Throw<InvalidOperationException>().WithMessage("*TrainingReadings is*");
        File.WriteAllText(Path.Combine(options.Directory, "trials", "0002.json"), "{");
        FluentActions.Invoking(() => SweepReadings.Run(options)).Should().Throw<InvalidDataException>().WithMessage("*0002.json' is damaged*");
    }

    [Fact]
    public void A_checkpoint_of_another_training_ends_the_sweep_and_stays()
    {
        string Checkpoint(int seed) => Path.Combine(_folder, $"{seed}", "checkpoints", "0001", SoftPromptAnomalyTrainer.CheckpointFileName);
        var options = SweepReadings.Options(epochs: 2);
        foreach (int seed in new[] { 1, 2 })
        {
            using var cancellation = new CancellationTokenSource();
            (options.Seed, options.Directory, options.CancellationToken) = (seed, Path.Combine(_folder, $"{seed}"), cancellation.Token);
            options.Progress = new Told<SweepProgress>(_ => cancellation.Cancel());
            FluentActions.Invoking(() => SweepReadings.Run(options)).Should().Throw<OperationCanceledException>();
        }
        File.Copy(Checkpoint(1), Checkpoint(2), overwrite: true);
        byte[] before = File.ReadAllBytes(Checkpoint(2));

        (options.CancellationToken, options.Progress) = (default, null);
        FluentActions.Invoking(() => SweepReadings.Run(options)).Should().Throw<InvalidOperationException>().WithMessage("The checkpoint *0001* belongs to another training.*");

        File.ReadAllBytes(Checkpoint(2)).Should().Equal(before);
        Directory.GetFiles(Path.Combine(_folder, "2", "trials")).Should().BeEmpty();
    }

    [Fact]
    public void A_trial_that_fails_says_why_and_the_others_go_on()
    {
        var options = SweepReadings.Options(epochs: 1);
        options.Strategy = SweepStrategy.Grid;
        options.Trials = null;
        options.Space = new SweepSpace { WindowSize = SweepParameter.Choice(8, 500), PromptLength = 1 };
        SweepResult result = SweepReadings.Run(options);

        SweepTrial failed = result.Trials.Single(trial => trial.Values.WindowSize == 500);
        failed.Status.Should().Be(SweepTrialStatus.Failed);
        failed.Reason.Should().Contain("A window of 500 readings is longer than every series: the longest of 2 has 160");
        result.Best.Values.WindowSize.Should().Be(8);
        result.IsComplete.Should().BeTrue();

        options.Space.WindowSize = SweepParameter.Choice(400, 500);
        FluentActions.Invoking(() => SweepReadings.Run(options)).Should().Throw<InvalidOperationException>().WithMessage("All 2 trials failed. Trial 1: A window of *");
    }

    [Fact]
    public void When_time_ends_the_trial_under_way_is_stopped_and_the_next_run_goes_on()
    {
        var clock = new StoppableClock();
        var options = SweepReadings.Options(epochs: 2);
        (options.TimeLimit, options.Clock, options.Directory) = (TimeSpan.FromMinutes(1), clock, Path.Combine(_folder, "time"));
        options.Progress = new Told<SweepProgress>(progress =>
        {
            if (progress.Trial.Number == 2 && progress.Training is { Epoch: 2, Batch: 1 })
                clock.End();
        });
        SweepResult result = SweepReadings.Run(options);

        result.IsComplete.Should().BeFalse();
        result.Trials.Select(trial => trial.Status).Should().Equal(SweepTrialStatus.Finished, SweepTrialStatus.Stopped);
        result.Trials[1].Epochs.Should().Be(1);
        result.Trials[1].Validation.Should().BeNull();
        result.Best.Number.Should().Be(1);

        (options.TimeLimit, options.Clock, options.Progress) = (null, TimeProvider.System, null);
        SweepResult whole = SweepReadings.Run(options);
        whole.IsComplete.Should().BeTrue();
        options.Directory = null;
        SweepReadings.WithoutTime(whole.Trials).Should().Equal(SweepReadings.WithoutTime(SweepReadings.Run(options).Trials));
    }

    [Fact]
    public void Readings_that_validate_are_the_last_of_each_group()
    {
        var ml = new MLContext();
        IDataView view = ml.Data.LoadFromEnumerable(SweepReadings.Make(10).OrderBy(reading => reading.Time).ThenBy(reading => reading.Host));
        (IDataView train, IDataView validation) = ReadingSplit.Make(view, "Host", 0.2);

        ml.Data.CreateEnumerable<Reading>(validation, reuseRowObject: false).Select(reading => $"{reading.Host}{reading.Time.Minute / 5}").Should().Equal("a8", "b8", "a9", "b9");
        ml.Data.CreateEnumerable<Reading>(train, reuseRowObject: false).Should().HaveCount(16);
        train.GetRowCount().Should().Be(16);
    }

    [Fact]
    public void One_class_only_is_refused()
    {
        var calm = SweepReadings.Make().Select(reading => new Reading { Host = reading.Host, Time = reading.Time, Value = reading.Value });
        FluentActions.Invoking(() => SweepReadings.Run(SweepReadings.Options(), new MLContext().Data.LoadFromEnumerable(calm)))
            .Should().Throw<InvalidOperationException>().WithMessage("Of the 320 readings that train none is anomalous*");
    }

    [Fact]
    public void Models_of_labels_a_reading_are_swept_too()
    {
        var options = SweepReadings.Options(epochs: 1);
        options.PointLabels = true;
        options.Trials = 1;
        SweepReadings.Run(options).Parameters.LabelsPoints.Should().BeTrue();
    }

    [Fact]
    public void All_faults_of_the_options_are_told_at_once()
    {
        var options = new SoftPromptSweep.Options
        {
            Trials = 2_000_000_000,
            TimeLimit = TimeSpan.FromDays(50),
            HalvingRate = 1,
            PointLabels = true,
            Strategy = SweepStrategy.Grid,
            Space = new SweepSpace
            {
                BinCount = SweepParameter.Choice(1, 100),
                PromptLength = SweepParameter.Choice(5, 5),
                PromptLearningRate = SweepParameter.Range(0.0, 0.1, log: true),
                Scaling = SweepScaling.Group,
                TSmoteRatio = 1.5,
            },
            Trainer = new SoftPromptAnomalyTrainer.Options { PromptLength = 5, BatchSize = 0 },
        };
        FluentActions.Invoking(() => new MLContext().AnomalyDetection.CreateSoftPromptSweep(options)).Should().Throw<ArgumentException>().Which.Message.Should()
            .Contain("Trials is 2000000000; expected 1 to 1,000,000").And.Contain("TimeLimit is 50.00:00:00; expected above zero, at most 40 days").And.Contain("HalvingRate is 1").And.Contain("BinCount is 1; expected 2 to 2,000").And.Contain("PromptLength names a value twice (5, 5)")
            .And.Contain("PromptLearningRate is the range 0 to 0.1, log; expected a range above 0").And.Contain("a grid needs values").And.Contain("TSmoteRatio is 1.5")
            .And.Contain("Scaling has Group, and GroupColumnName is null").And.Contain("TSmoteRatio has a ratio, and PointLabels is set")
            .And.Contain("Trainer.PromptLength is 5; the sweep sets it").And.Contain("BatchSize is 0");
    }

    /// <summary>A clock that stands until it is told that all timers are due.</summary>
    private sealed class StoppableClock : TimeProvider
    {
        private readonly List<(TimerCallback Callback, object? State)> _timers = [];

        public void End() => _timers.ForEach(timer => timer.Callback(timer.State));

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _timers.Add((callback, state));
            return new Timer(_ => { }, null, Timeout.Infinite, Timeout.Infinite);
        }
    }
}
