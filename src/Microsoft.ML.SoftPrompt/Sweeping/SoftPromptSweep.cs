using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.Anomaly;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Sweeping;

namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// Searches for the parameters of a detector: cuts readings into windows, balances, quantizes and trains, trial by trial, and judges every
/// trial on the same validation readings.
/// </summary>
/// <remarks>
/// <para>Made by <see cref="SoftPromptCatalog.CreateSoftPromptSweep(AnomalyDetectionCatalog, Options)"/>.</para>
/// <para>The measure is the average precision over readings: a reading's score is the mean logit of the windows that hold it. Windows of
/// different lengths differ in number and in how many of them are anomalous, so that a measure over windows would compare nothing; the
/// readings are the same for all. Within a trial its own validation windows choose the epoch and the threshold.</para>
/// <para>The best of many trials owes part of its figure to chance: judge it on readings that no trial saw, once.</para>
/// <para>The same space, data and seed give the same result bit for bit on one machine, whatever the parallelism; a time limit ends it where time does.</para>
/// </remarks>
public sealed partial class SoftPromptSweep
{
    private readonly IHost _host;
    private readonly Options _options;

    internal SoftPromptSweep(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _host = environment.Register(nameof(SoftPromptSweep));
        _options = options.Copy();
    }

    /// <summary>Sweeps. The last readings of each group are held out for validation, before any window is cut: no trial trains on them.</summary>
    /// <param name="readings">A row a reading, in time order within each group.</param>
    /// <returns>The best model and all trials.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">
    /// The readings that train or validate have one class only, a value is infinite, a label is neither 0 nor 1, or the order goes back; the
    /// backbone is missing; <see cref="Options.Directory"/> holds another sweep; all trials failed; or the time ended before a trial was judged.
    /// </exception>
    /// <exception cref="InvalidDataException">A file in <see cref="Options.Directory"/> is damaged.</exception>
    /// <exception cref="IOException"><see cref="Options.Directory"/> cannot be written, or another process sweeps there.</exception>
    /// <exception cref="OperationCanceledException"><see cref="Options.CancellationToken"/> or the context's cancellation asked for it. What is in <see cref="Options.Directory"/> is gone on with.</exception>
    public SweepResult Run(IDataView readings)
    {
        ArgumentNullException.ThrowIfNull(readings);
        (IDataView train, IDataView validation) = ReadingSplit.Make(readings, _options.GroupColumnName, _options.ValidationFraction);
        return Run(train, validation);
    }

    /// <summary>Sweeps: all readings of the first data train, those of the second validate.</summary>
    /// <param name="trainReadings">A row a reading, in time order within each group.</param>
    /// <param name="validationReadings">Data with the same columns, of other readings.</param>
    /// <returns>The best model and all trials.</returns>
    /// <inheritdoc cref="Run(IDataView)" path="/exception"/>
    public SweepResult Run(IDataView trainReadings, IDataView validationReadings)
    {
        ArgumentNullException.ThrowIfNull(trainReadings);
        ArgumentNullException.ThrowIfNull(validationReadings);
        using IChannel channel = _host.Start(nameof(Run));
        var ml = new MLContext();
        var train = new LabeledReadings(ml, trainReadings, _options);
        var validation = new LabeledReadings(ml, validationReadings, _options);
        CheckClasses(train, "train");
        CheckClasses(validation, "validate");
        channel.Tell($"{train.Count:N0} readings train, {train.Anomalies:N0} of them anomalous; {validation.Count:N0} validate, {validation.Anomalies:N0} of them anomalous.");
        IBackbone backbone = BackboneLocator.Open(_options.Trainer);
        using var run = new SweepRun(_options, _host, channel, ml, backbone, train, validation);
        run.Run();
        if (run.Best is not { } best)
            throw new InvalidOperationException(NoneJudged(run.Trials));
        (Data.TransformerChain<ITransformer> model, DataViewSchema schema) = run.ModelOf(best);
        return new SweepResult(run.Trials, best, model, schema, run.IsComplete, _options, (readings, cancellation) => new LabeledReadings(ml, readings, _options)
            .Judge(model, best.Values, ((SoftPromptAnomalyTransformer)model.LastTransformer).Model.ScoreThreshold, cancellation));
    }

    private static void CheckClasses(LabeledReadings readings, string role)
    {
        if (readings.Anomalies == 0 || readings.Anomalies == readings.Count)
            throw new InvalidOperationException($"Of the {readings.Count:N0} readings that {role} {(readings.Anomalies == 0 ? "none is" : "all are")} anomalous; expected both classes. "
                + $"Check the label column, or choose another {nameof(Options.ValidationFraction)} or other validation readings.");
    }

    private string NoneJudged(IReadOnlyList<SweepTrial> trials)
    {
        SweepTrial[] failed = trials.Where(trial => trial.Status == SweepTrialStatus.Failed).ToArray();
        string reasons = string.Join(" ", failed.GroupBy(trial => trial.Reason).Take(3).Select(same => $"Trial {same.First().Number}{(same.Count() > 1 ? $" and {same.Count() - 1} more" : "")}: {same.Key}"));
        return failed.Length == trials.Count && failed.Length > 0
            ? $"All {failed.Length} trials failed. {reasons}"
            : $"The time limit of {_options.TimeLimit} ended before a trial was judged. Give more time, fewer epochs or smaller data{(_options.Directory is null ? "" : "; the next run in the same folder goes on from here")}. {reasons}".TrimEnd();
    }
}
