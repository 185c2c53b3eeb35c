using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Persistence;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Sweeping;

/// <summary>One run of a sweep: goes through the plan's rounds, several trials at once, and keeps what came of them.</summary>
internal sealed class SweepRun : IDisposable
{
    private readonly SoftPromptSweep.Options _options;
    private readonly SweepPlan _plan;
    private readonly IHostEnvironment _environment;
    private readonly IChannel _channel;
    private readonly MLContext _ml;
    private readonly IBackbone _backbone;
    private readonly TrialTraining _training;
    private readonly SweepDirectory? _directory;
    private readonly DirectoryInfo? _temporary; // where trainings stand between rounds, where no folder is named
    private readonly CancellationTokenSource _time;
    private readonly CancellationTokenSource _end; // of time, of the caller's patience, or by a fault
    private readonly SweepClock _clock;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, SweepTrial> _trials = [];
    private readonly Dictionary<int, TrialModel> _models = [];

    public SweepRun(SoftPromptSweep.Options options, IHostEnvironment environment, IChannel channel, MLContext ml, IBackbone backbone, LabeledReadings train, LabeledReadings validation)
    {
        (_options, _environment, _channel, _ml, _backbone) = (options, environment, channel, ml, backbone);
        _plan = SweepPlan.Make(options);
        _training = new TrialTraining(train, validation, options, backbone);
        _directory = options.Directory is { } path ? new SweepDirectory(path, SweepIdentity.Of(options, backbone, train, validation)) : null;
        _temporary = _directory is null && _plan.Rounds.Count > 1 ? Directory.CreateTempSubdirectory("softprompt-sweep-") : null;
        _time = options.TimeLimit is { } limit ? new CancellationTokenSource(limit, options.Clock) : new CancellationTokenSource();
        _end = CancellationTokenSource.CreateLinkedTokenSource(_time.Token, options.CancellationToken);
        _clock = new SweepClock(_plan, options);
    }

    public IReadOnlyList<SweepTrial> Trials => _trials.Values.ToArray();

    /// <summary>Whether every trial was tried, and the time did not end first.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The best trial: of those that were judged after the most epochs the one with the highest average precision, of equal ones the first.</summary>
    public SweepTrial? Best => _trials.Values.Where(trial => trial.Rungs.Count > 0)
        .OrderByDescending(trial => trial.Rungs.Count).ThenByDescending(Merit).ThenBy(trial => trial.Number).FirstOrDefault();

    public void Dispose()
    {
        _end.Dispose();
        _time.Dispose();
        _directory?.Dispose();
        _temporary?.Delete(recursive: true);
    }

    public void Run()
    {
        foreach (SweepTrial trial in _directory?.Read() ?? [])
            TakeUp(trial);
        if (_trials.Count > 0)
            _channel.Tell($"{_trials.Count:N0} trials were begun before, in '{_options.Directory}'.");
        if (_options.Strategy != SweepStrategy.Grid && _plan.Trials.Count < (_options.Trials ?? SoftPromptSweep.Options.DefaultTrials))
            _channel.Warn($"The space has no more than {_plan.Trials.Count:N0} combinations, and each is tried once.");
        int[] alive = Enumerable.Range(1, _plan.Trials.Count).ToArray();
        for (int round = 0; round < _plan.Rounds.Count; round++)
        {
            ForEach(alive, number => Advance(number, round));
            _options.CancellationToken.ThrowIfCancellationRequested();
            SweepTrial[] judged = alive.Select(number => _trials.GetValueOrDefault(number)).OfType<SweepTrial>().Where(trial => trial.Rungs.Count > round).ToArray();
            if (alive.Any(number => !(_trials.GetValueOrDefault(number) is { } trial && (trial.Rungs.Count > round || trial.Status == SweepTrialStatus.Failed))))
                return; // the time ended
            if (round + 1 < _plan.Rounds.Count)
                alive = Promote(judged, alive.Length);
        }
        IsComplete = true;
    }

    /// <summary>The model of a trial, of this run or of one before.</summary>
    public (TransformerChain<ITransformer> Model, DataViewSchema Schema) ModelOf(SweepTrial trial)
    {
        if (_models.TryGetValue(trial.Number, out TrialModel? model))
            return (model.Chain, model.InputSchema);
        (TransformerChain<ITransformer> chain, DataViewSchema schema) = _directory!.ReadModel(_ml, trial.Number, _backbone);
        return (WithBackbone(chain, _options.Trainer.EmbedsBackbone), schema);
    }

    private static double Merit(SweepTrial trial) => trial.Validation!.AveragePrecision;

    private void TakeUp(SweepTrial trial)
    {
        if (trial.Number > _plan.Trials.Count)
            return; // of a larger budget
        if (trial.Values != _plan.Trials[trial.Number - 1] || trial.Rungs.Count > _plan.Rounds.Count || !trial.Rungs.Select(rung => rung.Epochs).SequenceEqual(_plan.Rounds.Take(trial.Rungs.Count)))
            throw new InvalidDataException($"The record of trial {trial.Number} in '{_options.Directory}' is not of this sweep: its parameters or rounds differ from those that the seed gives. Remove it, and the trial is done again.");
        // Whether it is pruned follows from the others, and is found again.
        _trials.Add(trial.Number, trial.Status == SweepTrialStatus.Pruned ? trial with { Status = SweepTrialStatus.Stopped } : trial);
    }

    /// <summary>Runs the trials, at most so many at once. A fault ends them all.</summary>
    private void ForEach(IReadOnlyList<int> numbers, Action<int> advance)
    {
        if (_options.Parallelism == 1)
        {
            foreach (int number in numbers)
                advance(number);
            return;
        }
        ExceptionDispatchInfo? failure = null;
        Parallel.ForEach(Partitioner.Create(numbers, EnumerablePartitionerOptions.NoBuffering), new ParallelOptions { MaxDegreeOfParallelism = _options.Parallelism }, number =>
        {
            try
            {
                advance(number);
            }
#pragma warning disable CA1031 // Whatever it is, the caller gets it.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(fault), null);
                _end.Cancel();
            }
        });
        failure?.Throw();
    }

    /// <summary>Trains a trial up to the epochs of a round, unless that was done, or time is up.</summary>
    private void Advance(int number, int round)
    {
        SweepTrial trial;
        lock (_lock)
            trial = _trials.GetValueOrDefault(number) ?? new SweepTrial(number, _plan.Trials[number - 1], SweepTrialStatus.Stopped, 0, [], [], null, [], TimeSpan.Zero);
        if (trial.Rungs.Count > round || trial.Status == SweepTrialStatus.Failed)
        {
            _clock.Skip(number, round);
            return;
        }
        if (_end.IsCancellationRequested)
            return;
        var watch = Stopwatch.StartNew();
        int epochs = trial.Epochs;
        void Report(TrainingProgress training)
        {
            if (MLNetInternals.IsCanceled(_environment))
                throw new OperationCanceledException("The sweep was cancelled by the MLContext.");
            epochs = Math.Max(epochs, training.Batch == training.Batches ? training.Epoch : training.Epoch - 1);
            Tell(trial, training, _clock.At(number, round, training));
        }
        try
        {
            TrialModel model = _training.Run(trial.Values, _plan.Rounds[round], CheckpointsOf(number), new Reports(Report), _end.Token);
            bool isLast = round + 1 == _plan.Rounds.Count;
            if (_directory is not null)
                _directory.WriteModel(_ml, number, WithBackbone(model.Chain, embeds: false), model.InputSchema);
            Keep(trial with
            {
                Status = isLast ? SweepTrialStatus.Finished : SweepTrialStatus.Stopped,
                Epochs = model.Parameters.TrainingHistory.Count,
                Rungs = [.. trial.Rungs, model.Rung],
                History = model.Parameters.TrainingHistory,
                Warnings = model.Warnings,
                Duration = trial.Duration + watch.Elapsed,
            }, round, model);
        }
        catch (OperationCanceledException) when (_time.IsCancellationRequested && !_options.CancellationToken.IsCancellationRequested)
        {
            Keep(trial with { Status = SweepTrialStatus.Stopped, Epochs = epochs, Duration = trial.Duration + watch.Elapsed }, round, model: null);
        }
        // What parameters and data can do. Anything else, a full disk or another training's checkpoint, ends the sweep.
        catch (Exception fault) when (fault is (InvalidOperationException and not CheckpointMismatchException) or ArgumentException or NotSupportedException or OutOfMemoryException)
        {
            Keep(trial with { Status = SweepTrialStatus.Failed, Epochs = epochs, Reason = fault.Message, Duration = trial.Duration + watch.Elapsed }, round, model: null);
        }
    }

    /// <summary>Of a round's trials the best go on; the others are pruned.</summary>
    private int[] Promote(SweepTrial[] judged, int begun)
    {
        SweepTrial[] ranked = judged.OrderByDescending(Merit).ThenBy(trial => trial.Number).ToArray();
        int promoted = Math.Min(ranked.Length, SweepPlan.Promoted(begun, _options.HalvingRate));
        foreach (SweepTrial trial in ranked.Skip(promoted).Where(trial => trial.Status != SweepTrialStatus.Pruned))
            Keep(trial with { Status = SweepTrialStatus.Pruned }, round: null, model: null);
        return ranked.Take(promoted).Select(trial => trial.Number).Order().ToArray();
    }

    private string? CheckpointsOf(int number) =>
        _directory?.CheckpointsOf(number) ?? (_temporary is null ? null : Path.Combine(_temporary.FullName, number.ToString(CultureInfo.InvariantCulture)));

    private void Keep(SweepTrial trial, int? round, TrialModel? model)
    {
        _directory?.Write(trial);
        if (trial.Status != SweepTrialStatus.Stopped)
            _directory?.RemoveCheckpoints(trial.Number);
        lock (_lock)
        {
            _trials[trial.Number] = trial;
            if (model is not null)
                _models[trial.Number] = model;
            _channel.Tell($"{Sentence(trial)}");
        }
        if (round is { } done && (model is not null || trial.Status == SweepTrialStatus.Failed))
            _clock.Finish(trial.Number, done);
        Tell(trial, null, _clock.Share);
    }

    private static string Sentence(SweepTrial trial) => string.Create(CultureInfo.InvariantCulture, $"Trial {trial.Number} ")
        + (trial.Status, trial.Validation) switch
        {
            (SweepTrialStatus.Failed, _) => $"failed: {trial.Reason}",
            (SweepTrialStatus.Stopped, null) => $"was stopped after epoch {trial.Epochs}.",
            (_, var validation) => FormattableString.Invariant($"({trial.Status}) after {trial.Epochs} epochs: validation average precision {validation?.AveragePrecision:0.0000}, {trial.Duration.TotalSeconds:0.0} s."),
        };

    private void Tell(SweepTrial trial, TrainingProgress? training, double share)
    {
        if (_options.Progress is not { } progress)
            return;
        lock (_lock)
        {
            int done = _trials.Values.Count(one => one.Status != SweepTrialStatus.Stopped);
            progress.Report(new SweepProgress(trial, training, _plan.Trials.Count, done, share, Best, _clock.Elapsed, _clock.Remaining(share)));
        }
    }

    /// <summary>The same chain, which carries its backbone in its file or does not: beside a hundred trials the backbone would lie a hundred times.</summary>
    private TransformerChain<ITransformer> WithBackbone(TransformerChain<ITransformer> chain, bool embeds)
    {
        ITransformer[] stages = [.. chain];
        var predictor = (SoftPromptAnomalyTransformer)stages[^1];
        return new TransformerChain<ITransformer>(stages[0], new SoftPromptAnomalyTransformer(_environment, _backbone, predictor.Model, predictor.FeatureColumnName, embeds));
    }

    /// <summary>Reports at once, on the thread that trains.</summary>
    private sealed class Reports(Action<TrainingProgress> handle) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => handle(value);
    }
}
