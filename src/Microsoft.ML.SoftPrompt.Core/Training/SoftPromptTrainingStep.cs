using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>
/// One step of the training: a batch's logits and loss, the gradients of what is learned, and AdamW's update of it. The batch is cut into
/// calls that run side by side; their gradients are added in the order of the calls, so that a step is the same for any number of threads.
/// </summary>
/// <remarks>
/// The loss is the mean of the settings' loss over the batch's series, or over all points of the batch alike, each times its series'
/// weight. The missing value's row is neither updated nor decayed where it is not trained, which is where no training series
/// has a missing value: a row that nothing was learned about keeps its start, the mean of the bins' rows.
/// </remarks>
internal sealed class SoftPromptTrainingStep
{
    /// <summary>Enough that no thread waits long for the others, and few enough to hold: a call of MiniLM's preferred size keeps 0.75 MB.</summary>
    private const int CallsAThread = 4;

    private readonly IBackbone _backbone;
    private readonly TokenTable _table;
    private readonly LabelKind _labelKind;
    private readonly TrainingSettings _settings;
    private readonly int _promptLength;
    private readonly FocalLoss _loss;
    private readonly bool _trainsPrompt;
    private readonly bool _trainsMissingRow;
    private readonly Parameter[] _parameters;
    private readonly Parameter[] _trained;
    private readonly float[] _prompt;
    private readonly float[] _missingRow;
    private readonly float[] _headWeight;
    private readonly float[] _headBias = new float[1];
    private readonly List<TrainingCall> _calls = [];
    private float[] _logits = [];
    private int _logitCount;

    public SoftPromptTrainingStep(IBackbone backbone, TokenTable table, LabelKind labelKind, TrainingSettings settings, SoftPromptWeights start, bool trainsMissingRow)
    {
        (_backbone, _table, _labelKind, _settings, _promptLength, _loss, _trainsMissingRow) = (backbone, table, labelKind, settings, start.PromptLength, settings.Loss, trainsMissingRow);
        _prompt = start.Prompt.ToArray();
        _missingRow = start.MissingRow.ToArray();
        _headWeight = start.HeadWeight.ToArray();
        _headBias[0] = start.HeadBias;
        Prompt = new AdamW(_prompt, settings);
        MissingRow = new AdamW(_missingRow, settings);
        HeadWeight = new AdamW(_headWeight, settings);
        HeadBias = new AdamW(_headBias, settings);
        _trainsPrompt = start.PromptLength > 0 && settings.PromptLearningRate > 0;
        _parameters =
        [
            new("prompt_embeddings", Prompt, _prompt, settings.PromptLearningRate, _trainsPrompt),
            new("head.weight", HeadWeight, _headWeight, settings.HeadLearningRate),
            new("head.bias", HeadBias, _headBias, settings.HeadLearningRate),
            new("missing_embedding", MissingRow, _missingRow, settings.PromptLearningRate, trainsMissingRow),
        ];
        _trained = Array.FindAll(_parameters, parameter => parameter.IsTrained);
    }

    public AdamW Prompt { get; }

    public AdamW MissingRow { get; }

    public AdamW HeadWeight { get; }

    public AdamW HeadBias { get; }

    /// <summary>All that may be learned, by the names of <see cref="PromptFile"/>.</summary>
    public IEnumerable<(string Name, AdamW Adam)> Parameters => _parameters.Select(parameter => (parameter.Name, parameter.Adam));

    /// <summary>The last batch's logits before its update, series by series: one each, or one a point.</summary>
    public ReadOnlySpan<float> Logits => _logits.AsSpan(0, _logitCount);

    /// <summary>A copy of what has been learned so far.</summary>
    public SoftPromptWeights Weights => new(_promptLength, _backbone.HiddenSize, _prompt.ToArray(), _missingRow.ToArray(), _headWeight.ToArray(), _headBias[0]);

    /// <summary>Takes the parameters' values as they are now to the backbone and the head.</summary>
    public void TakeValues()
    {
        foreach (Parameter parameter in _parameters)
            parameter.Adam.CopyTo(parameter.Values);
    }

    /// <summary>Computes a batch's loss and gradient and, unless one of them is not finite, updates the parameters.</summary>
    /// <param name="batch">At least one example.</param>
    /// <param name="rateFactor">What the learning rates are multiplied with.</param>
    /// <param name="cancellation">Asked between calls.</param>
    /// <returns>The loss before the update; not finite where the loss or a gradient is not.</returns>
    public double Run(ReadOnlySpan<TrainingExample> batch, double rateFactor, CancellationToken cancellation = default)
    {
        double loss = ComputeGradient(batch, cancellation);
        if (!double.IsFinite(loss))
            return loss;
        if (_settings.GradientClipping > 0)
            GradientClipping.Clip(_trained.Select(parameter => parameter.Adam), _settings.GradientClipping);
        foreach ((_, AdamW adam, float[] values, double learningRate, _) in _trained)
        {
            adam.Step(learningRate * rateFactor);
            adam.CopyTo(values);
        }
        return loss;
    }

    /// <summary>Computes a batch's loss, and its gradient into the parameters' <see cref="AdamW.Gradient"/>.</summary>
    /// <returns>The loss; not finite where it or a gradient is not.</returns>
    public double ComputeGradient(ReadOnlySpan<TrainingExample> batch, CancellationToken cancellation = default)
    {
        TrainingExample[] examples = batch.ToArray();
        var positions = new int[examples.Length];
        var logitStarts = new int[examples.Length + 1];
        double totalWeight = 0;
        for (int i = 0; i < examples.Length; i++)
        {
            positions[i] = _table.CountPositions(examples[i].Tokens.Span) + _promptLength;
            logitStarts[i + 1] = logitStarts[i] + examples[i].Labels.Length;
            totalWeight += (double)examples[i].Weight * examples[i].Labels.Length;
        }
        _logitCount = logitStarts[^1];
        if (_logits.Length < _logitCount)
            _logits = new float[_logitCount];
        // A batch whose weights are all 0 asks for nothing: loss and gradient 0.
        double scale = totalWeight > 0 ? 1 / totalWeight : 0;

        int[] cuts = CallPlan.Cut(positions, _backbone.PreferredPositions);
        foreach (AdamW parameter in (ReadOnlySpan<AdamW>)[Prompt, MissingRow, HeadWeight, HeadBias])
            Array.Clear(parameter.Gradient);
        double loss = 0;
        // In front of a decoder the prompt is the same for every call: computed once, and gone back through once.
        using SharedPrompt? prompt = SharedPrompt.For(_backbone, _prompt, TrainsRows);
        double[] promptGradient = prompt is null ? Prompt.Gradient : new double[prompt.GradientLength];
        // A few calls at a time, so that memory does not grow with the batch; however many, they are summed in one order.
        int atOnce = CallsAThread * Scheduler.MaxThreads;
        for (int from = 0; from < cuts.Length - 1; from += atOnce)
        {
            int count = Math.Min(atOnce, cuts.Length - 1 - from);
            while (_calls.Count < count)
                _calls.Add(new TrainingCall(_backbone.HiddenSize, promptGradient.Length));
            Scheduler.Run(count, c =>
            {
                (int first, int end) = (cuts[from + c], cuts[from + c + 1]);
                Compute(_calls[c], prompt, examples.AsSpan(first..end), _logits.AsSpan(logitStarts[first]..logitStarts[end]), scale);
            }, cancellation);
            foreach (TrainingCall call in _calls.Take(count))
                loss += AddGradients(call, promptGradient);
        }
        if (prompt is not null && _trainsPrompt)
        {
            float[] rows = new float[_prompt.Length];
            prompt.Backward(Array.ConvertAll(promptGradient, sum => (float)sum), rows);
            Add(rows, Prompt.Gradient);
        }
        bool isFinite = Array.TrueForAll(Prompt.Gradient, double.IsFinite) && Array.TrueForAll(MissingRow.Gradient, double.IsFinite)
            && Array.TrueForAll(HeadWeight.Gradient, double.IsFinite);
        return isFinite ? loss : double.NaN;
    }

    private void Compute(TrainingCall call, SharedPrompt? prompt, ReadOnlySpan<TrainingExample> examples, Span<float> logits, double scale)
    {
        int d = _backbone.HiddenSize;
        BackboneInput input = call.Input;
        input.Clear(_prompt, _missingRow, prompt);
        foreach (TrainingExample example in examples)
            _table.AddTo(input, example.Tokens.Span, _labelKind, _settings.Pooling);

        call.Start(input.WantedCount * d);
        using IBackboneTape? tape = TrainsRows ? _backbone.ForwardForTraining(input, call.Hidden) : null;
        if (tape is null)
            _backbone.Forward(input, call.Hidden);
        Span<double> logitGradient = new double[logits.Length];
        int row = 0;
        for (int i = 0; i < examples.Length; i++)
        {
            ReadOnlySpan<float> labels = examples[i].Labels.Span;
            int components = input.Wanted(i).Length * d;
            ReadOnlySpan<float> hidden = call.Hidden.Slice(row, components);
            SeriesHead.Forward(hidden, _headWeight, _headBias[0], _labelKind, _settings.Pooling, logits[..labels.Length]);
            double weight = examples[i].Weight * scale;
            for (int t = 0; t < labels.Length; t++)
            {
                call.Loss += weight * _loss.Loss(logits[t], labels[t]);
                logitGradient[t] = weight * _loss.Gradient(logits[t], labels[t]);
            }
            SeriesHead.Backward(hidden, _headWeight, logitGradient[..labels.Length], _labelKind, _settings.Pooling, call.HiddenGradient.Slice(row, components), call.HeadWeightGradient,
                ref call.HeadBiasGradient);
            logits = logits[labels.Length..];
            row += components;
        }
        tape?.Backward(call.HiddenGradient, _trainsPrompt ? call.PromptGradient : [], _trainsMissingRow ? call.MissingRowGradient : []);
    }

    /// <summary>Without a row to train, nothing has to find its way back through the backbone.</summary>
    private bool TrainsRows => _trainsPrompt || _trainsMissingRow;

    /// <summary>Adds a call's gradients to the batch's, and gives its loss.</summary>
    private double AddGradients(TrainingCall call, double[] promptGradient)
    {
        Add(call.PromptGradient, promptGradient);
        if (_trainsMissingRow)
            Add(call.MissingRowGradient, MissingRow.Gradient);
        for (int i = 0; i < call.HeadWeightGradient.Length; i++)
            HeadWeight.Gradient[i] += call.HeadWeightGradient[i];
        HeadBias.Gradient[0] += call.HeadBiasGradient;
        return call.Loss;
    }

    private static void Add(ReadOnlySpan<float> gradient, Span<double> sum)
    {
        for (int i = 0; i < sum.Length; i++)
            sum[i] += gradient[i];
    }

    /// <summary>What is trained, and how fast.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Adam">The parameter in double, with its gradient.</param>
    /// <param name="Values">Its values as the backbone and the head take them.</param>
    /// <param name="LearningRate">Its learning rate before the schedule.</param>
    /// <param name="IsTrained">Whether it moves at all.</param>
    private readonly record struct Parameter(string Name, AdamW Adam, float[] Values, double LearningRate, bool IsTrained = true);
}
