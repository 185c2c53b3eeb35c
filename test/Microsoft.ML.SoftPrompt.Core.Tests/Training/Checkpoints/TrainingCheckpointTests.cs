using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Files;

namespace Microsoft.ML.SoftPrompt.Training;

public sealed class TrainingCheckpointTests : IDisposable
{
    private static readonly TrainingSettings s_settings = new()
    {
        PromptLength = 3, Epochs = 4, BatchSize = 12, HeadLearningRate = 0.05, PromptLearningRate = 0.05, WeightDecay = 0.02, GradientClipping = 1, Seed = 7,
        EarlyStopping = SoftPromptEarlyStopping.Loss, Patience = 2,
    };

    private static readonly TrainingExample[] s_train = Examples.Spikes(40, LabelKind.Series, seed: 1, withMissing: true);
    private static readonly TrainingExample[] s_validation = Examples.Spikes(20, LabelKind.Series, seed: 2, withMissing: true);

    private readonly string _folder = Directory.CreateTempSubdirectory("softprompt-checkpoint-").FullName;

    private string CheckpointPath => Path.Combine(_folder, TrainingCheckpoint.FileName);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Stopped_after_any_batch_and_run_again_it_ends_with_the_same_bits(bool validates)
    {
        TrainingExample[] validation = validates ? s_validation : [];
        TrainingResult whole = Run(validation: validation);
        int batches = whole.History.Count * 4;
        batches.Should().BeGreaterThan(8);

        for (int stopAt = 1; stopAt <= batches; stopAt++)
        {
            File.Delete(CheckpointPath);
            int reports = 0;
            Stop(stopAt == batches ? null : _ => ++reports == stopAt, validation);

            int? resumedAt = null;
            TrainingResult resumed = Run(validation: validation, checkpoint: Checkpoint(), progress: new Reports { OnReport = p => resumedAt ??= p.ResumedBatches });

            resumedAt.Should().Be(stopAt);
            ShouldBeTheSame(resumed, whole);
        }
    }

    [Fact]
    public void Stopped_again_and_again_it_ends_with_the_same_bits()
    {
        TrainingResult whole = Run(LabelKind.Point);
        TrainingResult? last = null;

        for (int run = 0; last is null; run++)
        {
            int reports = 0;
            // The report of the checkpoint itself is the first of every run but the first.
            last = Stop(_ => ++reports == 4, labelKind: LabelKind.Point);
            run.Should().BeLessThan(20);
        }

        ShouldBeTheSame(last, whole);
    }

    [Fact]
    public void A_kill_within_an_epoch_costs_what_came_after_the_last_checkpoint()
    {
        TrainingResult whole = Run();
        byte[]? copy = null;
        Run(checkpoint: new TrainingCheckpoint(_folder, TimeSpan.Zero), progress: new Reports { OnReport = p => { if ((p.Epoch, p.Batch) == (2, 3)) copy = File.ReadAllBytes(CheckpointPath); } });

        File.WriteAllBytes(CheckpointPath, copy!);
        int? resumedAt = null;
        TrainingResult resumed = Run(checkpoint: Checkpoint(), progress: new Reports { OnReport = p => resumedAt ??= p.ResumedBatches });

        resumedAt.Should().Be(7);
        ShouldBeTheSame(resumed, whole);
    }

    [Fact]
    public void Cancelled_within_the_validation_it_validates_when_it_goes_on()
    {
        TrainingResult whole = Run();
        using var source = new CancellationTokenSource();
        var backbone = new CancellingBackbone(source);

        Action stopped = () => SoftPromptTrainingLoop.Run(backbone, Table(), LabelKind.Series, s_train, s_validation, s_settings, checkpoint: Checkpoint(), cancellation: source.Token);
        stopped.Should().Throw<OperationCanceledException>();
        TrainingResult resumed = Run(checkpoint: Checkpoint());

        ShouldBeTheSame(resumed, whole);
    }

    [Fact]
    public void A_training_that_had_ended_gives_its_result_at_once()
    {
        TrainingResult whole = Run(checkpoint: Checkpoint());
        byte[] before = File.ReadAllBytes(CheckpointPath);
        var reports = new Reports();

        TrainingResult again = Run(checkpoint: Checkpoint(), progress: reports);

        ShouldBeTheSame(again, whole);
        reports.All.Should().ContainSingle().Which.EstimatedRemaining.Should().Be(TimeSpan.Zero);
        File.ReadAllBytes(CheckpointPath).Should().Equal(before);
    }

    [Fact]
    public void Threshold_and_calibration_may_differ()
    {
        TrainingSettings other = s_settings with { ThresholdRule = SoftPromptThresholdRule.Recall, ThresholdTarget = 0.8, Calibration = SoftPromptCalibration.Platt };
        Run(checkpoint: Checkpoint());

        ShouldBeTheSame(Run(settings: other, checkpoint: Checkpoint()), Run(settings: other));
    }

    [Fact]
    public void Another_training_is_refused_with_what_differs_and_changes_nothing()
    {
        Run(checkpoint: Checkpoint());
        byte[] before = File.ReadAllBytes(CheckpointPath);

        Refuse(() => Run(settings: s_settings with { Epochs = 5, Seed = 8 }, checkpoint: Checkpoint()), "*MaxEpochs: 4 there, 5 here; Seed: 7 there, 8 here; start of the prompt*");
        Refuse(() => Run(settings: s_settings with { PromptLength = 4 }, checkpoint: Checkpoint()), "*PromptLength: 3 there, 4 here*");
        Refuse(() => Run(train: s_train[1..], checkpoint: Checkpoint()), "*training rows: 40, SHA-256 * there, 39, SHA-256 * here*delete '*checkpoint.safetensors'*Nothing was changed.");
        Refuse(() => Run(train: [s_train[1], s_train[0], .. s_train[2..]], checkpoint: Checkpoint()), "training rows: 40, SHA-256 * there, 40, SHA-256 * here. *");
        Refuse(() => Run(train: [s_train[0] with { Weight = 2 }, .. s_train[1..]], checkpoint: Checkpoint()), "*training rows*");
        Refuse(() => Run(validation: s_validation[1..], checkpoint: Checkpoint()), "*validation rows: 20*");
        Refuse(() => Run(backbone: new MixingBackbone(hiddenSize: 8), checkpoint: Checkpoint()), "*backbone: test of 1 layers of 6, *");

        File.ReadAllBytes(CheckpointPath).Should().Equal(before);

        static void Refuse(Action run, string message) => run.Should().Throw<InvalidOperationException>().WithMessage("The checkpoint '*' belongs to another training. " + message);
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused_and_left_as_it_is()
    {
        Run(checkpoint: Checkpoint());
        byte[] whole = File.ReadAllBytes(CheckpointPath);
        var random = new Random(3);

        for (int i = 0; i < 60; i++)
        {
            byte[] damaged = i % 3 == 0 ? whole[..random.Next(whole.Length)] : i % 3 == 1 ? [.. whole, 0] : [.. whole];
            if (i % 3 == 2)
                damaged[random.Next(whole.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(CheckpointPath, damaged);

            FluentActions.Invoking(() => Run(checkpoint: Checkpoint())).Should().Throw<InvalidDataException>().WithMessage("The checkpoint cannot be read: *Delete '*checkpoint.safetensors' to train from the start*");
            File.ReadAllBytes(CheckpointPath).Should().Equal(damaged);
        }
    }

    [Fact]
    public void A_state_that_is_none_of_the_trainings_is_refused()
    {
        Run(checkpoint: Checkpoint());
        string path = CheckpointPath;

        foreach ((string there, string forged) in new[] { ("\"epoch\":4,\"batch\":4", "\"epoch\":9,\"batch\":4"), ("\"epoch\":4,\"batch\":4", "\"epoch\":4,\"batch\":5"), ("\"epoch\":4,\"batch\":4", "\"epoch\":1,\"batch\":4"), ("\"formatVersion\":1", "\"formatVersion\":2") })
        {
            byte[] bytes = File.ReadAllBytes(path), sound = [.. bytes];
            int at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(there));
            at.Should().BeGreaterThan(0);
            Encoding.UTF8.GetBytes(forged).CopyTo(bytes, at);
            int start = 8 + (int)BitConverter.ToUInt64(bytes);
            SHA256.HashData(bytes.AsSpan(start..^32)).CopyTo(bytes, bytes.Length - 32);
            File.WriteAllBytes(path, bytes);

            FluentActions.Invoking(() => Run(checkpoint: Checkpoint())).Should().Throw<Exception>().Which.Message.Should().MatchRegex("none of 4 epochs of 4 batches|of format 2");
            File.WriteAllBytes(path, sound);
        }
    }

    [SkippableFact]
    public void A_disk_that_fills_ends_the_training_and_keeps_the_checkpoint_before()
    {
        TrainingResult whole = Run();
        using var disk = new SmallDisk(Path.Combine(_folder, "disk"));
        string filler = Path.Combine(disk.Folder, "filler");
        var progress = new Reports { OnReport = p => { if ((p.Epoch, p.Batch) == (2, 4)) Fill(filler); } };

        FluentActions.Invoking(() => Run(checkpoint: new TrainingCheckpoint(disk.Folder), progress: progress)).Should().Throw<IOException>();
        File.Delete(filler);
        int? resumedAt = null;
        TrainingResult resumed = Run(checkpoint: new TrainingCheckpoint(disk.Folder), progress: new Reports { OnReport = p => resumedAt ??= p.ResumedBatches });

        resumedAt.Should().Be(8);
        ShouldBeTheSame(resumed, whole);

        static void Fill(string path)
        {
            using FileStream file = File.Create(path);
            FluentActions.Invoking(() =>
            {
                while (true)
                {
                    file.Write(new byte[4096]);
                    file.Flush();
                }
            }).Should().Throw<IOException>();
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_refused_before_any_work()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");

        FluentActions.Invoking(() => new TrainingCheckpoint(Path.Combine(file, "folder"))).Should().Throw<IOException>().WithMessage("The folder '*' for checkpoints cannot be made: *");
    }

    private TrainingCheckpoint Checkpoint() => new(_folder);

    private static TokenTable Table(IBackbone? backbone = null) => TokenTable.ForBins(backbone ?? new MixingBackbone(), 10);

    private static TrainingResult Run(LabelKind labelKind = LabelKind.Series, TrainingExample[]? train = null, TrainingExample[]? validation = null, TrainingSettings? settings = null,
        TrainingCheckpoint? checkpoint = null, Reports? progress = null, IBackbone? backbone = null, CancellationToken cancellation = default)
    {
        if (labelKind == LabelKind.Point)
            (train, validation) = (Examples.Spikes(40, labelKind, seed: 1, withMissing: true), Examples.Spikes(20, labelKind, seed: 2));
        return SoftPromptTrainingLoop.Run(backbone ?? new MixingBackbone(), Table(backbone), labelKind, train ?? s_train, validation ?? s_validation, settings ?? s_settings, progress,
            checkpoint: checkpoint, cancellation: cancellation);
    }

    /// <summary>Runs with a checkpoint until a report says stop; gives the result of a training that ended before.</summary>
    private TrainingResult? Stop(Func<TrainingProgress, bool>? when, TrainingExample[]? validation = null, LabelKind labelKind = LabelKind.Series)
    {
        using var source = new CancellationTokenSource();
        var reports = new Reports { OnReport = p => { if (when?.Invoke(p) == true) source.Cancel(); } };
        try
        {
            return Run(labelKind, validation: validation, checkpoint: Checkpoint(), progress: reports, cancellation: source.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static void ShouldBeTheSame(TrainingResult result, TrainingResult expected)
    {
        SoftPromptWeights found = result.Parameters.Weights, wanted = expected.Parameters.Weights;
        found.Prompt.ToArray().Should().Equal(wanted.Prompt.ToArray());
        found.MissingRow.ToArray().Should().Equal(wanted.MissingRow.ToArray());
        found.HeadWeight.ToArray().Should().Equal(wanted.HeadWeight.ToArray());
        found.HeadBias.Should().Be(wanted.HeadBias);
        (result.Parameters with { Weights = wanted }).Should().Be(expected.Parameters);
        result.History.Should().Equal(expected.History);
        (result.BestEpoch, result.Validation).Should().Be((expected.BestEpoch, expected.Validation));
        result.Warnings.Should().Equal(expected.Warnings);
    }

    /// <summary>Cancels in the first call that is not for training, which is the first validation's.</summary>
    private sealed class CancellingBackbone(CancellationTokenSource source) : IBackbone
    {
        private readonly MixingBackbone _inner = new();

        public BackboneFingerprint Fingerprint => _inner.Fingerprint;

        public int HiddenSize => _inner.HiddenSize;

        public int MaxPositions => _inner.MaxPositions;

        public int VocabularySize => _inner.VocabularySize;

        public int PreferredPositions => _inner.PreferredPositions;

        public bool HasTokenizer => _inner.HasTokenizer;

        public void CopyTokenRow(int tokenId, Span<float> destination) => _inner.CopyTokenRow(tokenId, destination);

        public IReadOnlyList<int> EncodeText(string text) => _inner.EncodeText(text);

        public IReadOnlyList<int> EncodeNumeral(int numeral, int largest) => _inner.EncodeNumeral(numeral, largest);

        public void Forward(BackboneInput input, Span<float> hidden)
        {
            source.Cancel();
            _inner.Forward(input, hidden);
        }

        public IBackboneTape ForwardForTraining(BackboneInput input, Span<float> hidden) => _inner.ForwardForTraining(input, hidden);
    }
}
