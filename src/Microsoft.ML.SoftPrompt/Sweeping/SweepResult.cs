using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Sweeping;

namespace Microsoft.ML.SoftPrompt;

/// <summary>What a <see cref="SoftPromptSweep"/> found.</summary>
public sealed class SweepResult
{
    private readonly TransformerChain<ITransformer> _model;
    private readonly Func<IDataView, CancellationToken, BinaryMetrics> _judge;

    internal SweepResult(IReadOnlyList<SweepTrial> trials, SweepTrial best, TransformerChain<ITransformer> model, DataViewSchema inputSchema, bool isComplete,
        SoftPromptSweep.Options options, Func<IDataView, CancellationToken, BinaryMetrics> judge)
    {
        (Trials, Best, _model, InputSchema, IsComplete, Options, _judge) = (trials, best, model, inputSchema, isComplete, options, judge);
        Importances = ParameterImportance.Of(options.Space, trials);
    }

    /// <summary>Gets all trials that were begun, by number.</summary>
    public IReadOnlyList<SweepTrial> Trials { get; }

    /// <summary>Gets the best trial: of those that were judged after the most epochs the one with the highest average precision over the validation readings, of equal ones the first.</summary>
    public SweepTrial Best { get; }

    /// <summary>Gets its model, a chain of quantizer and detector that takes windows.</summary>
    public ITransformer Model => _model;

    /// <summary>Gets the schema of the windows that it takes, for <see cref="ModelOperationsCatalog.Save(ITransformer, DataViewSchema, string)"/>.</summary>
    public DataViewSchema InputSchema { get; }

    /// <summary>Gets what it learned.</summary>
    public SoftPromptModelParameters Parameters => ((SoftPromptAnomalyTransformer)_model.LastTransformer).Model;

    /// <summary>Gets whether all trials were tried; the time limit may have ended the sweep before.</summary>
    public bool IsComplete { get; }

    /// <summary>Gets how much the metric differed with each parameter that was swept, the strongest first; empty where fewer than two trials were judged.</summary>
    public IReadOnlyList<SweepImportance> Importances { get; }

    internal SoftPromptSweep.Options Options { get; }

    /// <summary>
    /// Judges the best model on readings that no trial saw, as the validation readings judged it. Do it once: figures that are chosen by
    /// flatter.
    /// </summary>
    /// <param name="readings">Data with the columns that the sweep was given.</param>
    /// <param name="cancellationToken">Stops between windows.</param>
    /// <returns>The metrics over all readings, at the model's threshold.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">There are no readings, or a value or a label is out of range.</exception>
    public BinaryMetrics Evaluate(IDataView readings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(readings);
        return _judge(readings, cancellationToken);
    }
}
