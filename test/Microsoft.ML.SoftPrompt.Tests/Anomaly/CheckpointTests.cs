namespace Microsoft.ML.SoftPrompt.Tests.Anomaly;

public sealed class CheckpointTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly string _folder = Directory.CreateTempSubdirectory("softprompt-checkpoint-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_training_that_a_report_stopped_goes_on_to_the_same_model()
    {
        string folder = Path.Combine(_folder, "trial");
        var whole = Fit(null).Model;
        using var source = new CancellationTokenSource();

        // As a sweep does: so many epochs at first, and the others of the same schedule later.
        FluentActions.Invoking(() => Fit(folder, p => { if (p is { Epoch: 2 } && p.Batch == p.Batches) source.Cancel(); }, cancellation: source.Token)).Should().Throw<OperationCanceledException>();
        FluentActions.Invoking(() => Fit(folder, p => throw new OperationCanceledException($"at {p.ResumedBatches}"))).Should().Throw<OperationCanceledException>().WithMessage("at 6");
        int? resumedAt = null;
        var model = Fit(folder, p => resumedAt ??= p.ResumedBatches).Model;

        resumedAt.Should().Be(6);
        model.Prompt.ToArray().Should().Equal(whole.Prompt.ToArray());
        model.HeadWeights.ToArray().Should().Equal(whole.HeadWeights.ToArray());
        model.TrainingHistory.Should().Equal(whole.TrainingHistory);
        (model.HeadBias, model.ScoreThreshold, model.BestEpoch, model.ValidationMetrics).Should().Be((whole.HeadBias, whole.ScoreThreshold, whole.BestEpoch, whole.ValidationMetrics));
    }

    [Fact]
    public void Other_data_and_options_are_refused()
    {
        Fit(_folder);

        FluentActions.Invoking(() => Fit(_folder, windows: 31)).Should().Throw<InvalidOperationException>().WithMessage("The checkpoint '*' belongs to another training. training rows: 24, SHA-256*");
        FluentActions.Invoking(() => Fit(_folder, epochs: 5)).Should().Throw<InvalidOperationException>().WithMessage("*MaxEpochs: 4 there, 5 here*");
    }

    [Fact]
    public void A_checkpoint_wants_a_seed_and_a_folder()
    {
        var options = ToySeries.Options();
        (options.Seed, options.CheckpointDirectory) = (null, _folder);
        FluentActions.Invoking(() => _ml.AnomalyDetection.Trainers.SoftPrompt(options)).Should().Throw<ArgumentException>().WithMessage("*CheckpointDirectory is set and Seed is not; set a seed*");

        options.CheckpointDirectory = " ";
        FluentActions.Invoking(() => _ml.AnomalyDetection.Trainers.SoftPrompt(options)).Should().Throw<ArgumentException>().WithMessage("*CheckpointDirectory is empty; expected the path of a folder*");
    }

    [Fact]
    public void A_model_is_saved_whole_or_not_at_all()
    {
        IDataView tokens = Tokens(30);
        string path = Path.Combine(_folder, "model.zip");
        var model = Fit(null);

        _ml.Model.SaveAtomically(model, tokens.Schema, path);
        byte[] saved = File.ReadAllBytes(path);
        FluentActions.Invoking(() => _ml.Model.SaveAtomically(new Unsavable(), tokens.Schema, path)).Should().Throw<Exception>();

        File.ReadAllBytes(path).Should().Equal(saved);
        Directory.GetFiles(_folder).Should().Equal(path);
        _ml.Model.Load(path, out _).Should().NotBeNull();
    }

    [Fact]
    public void The_documents_example_runs()
    {
        var ml = _ml;
        IDataView tokens = Tokens(30);
        string folder = Path.Combine(_folder, "checkpoint"), path = Path.Combine(_folder, "water.zip"), backbone = TinyBackbone.Folder;

        #region long work
        using var stop = new CancellationTokenSource();
        ConsoleCancelEventHandler onInterrupt = (_, signal) => { signal.Cancel = true; stop.Cancel(); };
        Console.CancelKeyPress += onInterrupt;
        var trainer = ml.AnomalyDetection.Trainers.SoftPrompt(new SoftPromptAnomalyTrainer.Options
        {
            FeatureColumnName = "Tokens",
            BackbonePath = backbone,
            MaxEpochs = 3,
            Seed = 1, // a checkpoint wants one: without it the next run would be another training
            CheckpointDirectory = folder,
            CancellationToken = stop.Token,
            Progress = new Progress<TrainingProgress>(p => Console.Error.WriteLine($"epoch {p.Epoch}/{p.Epochs}: loss {p.Loss:0.000}, {p.EstimatedRemaining:hh\\:mm\\:ss} left")),
        });
        var model = trainer.Fit(tokens); // goes on from the checkpoint where there is one
        ml.Model.SaveAtomically(model, tokens.Schema, path);
        File.Delete(Path.Combine(folder, SoftPromptAnomalyTrainer.CheckpointFileName)); // the model is safe: the checkpoint is no longer needed
        #endregion

        Console.CancelKeyPress -= onInterrupt;
        File.Exists(path).Should().BeTrue();
        Directory.GetFiles(folder).Should().BeEmpty();
        Documents.ShouldPrint("docs/long-work.md", "long work");
    }

    private IDataView Tokens(int windows)
    {
        var view = _ml.Data.LoadFromEnumerable(ToySeries.Windows(windows));
        return _ml.Transforms.QuantizeSeries("Tokens", "Series").Fit(view).Transform(view);
    }

    private SoftPromptAnomalyTransformer Fit(string? folder, Action<TrainingProgress>? report = null, int windows = 30, int epochs = 4, CancellationToken cancellation = default)
    {
        var options = ToySeries.Options(epochs);
        (options.CheckpointDirectory, options.CancellationToken) = (folder, cancellation);
        options.Progress = report is null ? null : new Synchronous(report);
        return _ml.AnomalyDetection.Trainers.SoftPrompt(options).Fit(Tokens(windows));
    }

    private sealed class Synchronous(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }

    private sealed class Unsavable : ITransformer
    {
        public bool IsRowToRowMapper => false;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => throw new NotSupportedException();

        public IDataView Transform(IDataView input) => throw new NotSupportedException();

        public Data.IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException();

        void ICanSaveModel.Save(ModelSaveContext ctx) => throw new InvalidOperationException("not to be saved");
    }
}
