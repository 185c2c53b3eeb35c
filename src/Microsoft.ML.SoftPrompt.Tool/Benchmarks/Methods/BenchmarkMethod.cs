using System.Globalization;
using Microsoft.ML.SoftPrompt.Baselines;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Methods;

/// <summary>A method of the comparison, with the settings that tell its cells apart.</summary>
/// <param name="Key">The name in cells and in <c>--methods</c>.</param>
/// <param name="LearnsClasses">Whether it learns from labels, and so from the balanced training part.</param>
/// <param name="Settings">What it is run with; empty where nothing is set.</param>
/// <param name="Create">Makes it; what is told of the progress may be null.</param>
internal sealed record BenchmarkMethod(string Key, bool LearnsClasses, SortedDictionary<string, string> Settings, Func<IProgress<TrainingProgress>?, IAnomalyMethod> Create)
{
    public const string SpearKey = "spear", UntrainedKey = "spear-untrained", NoneKey = "spear-none", LstmKey = "lstm";

    private const int LstmUnits = 128;

    /// <summary>Gets the bytes of what is trained, in single precision; null where the model alone knows.</summary>
    public long? TrainedBytes { get; private init; }

    /// <summary>Gets how SPEAR is run; null for the others.</summary>
    public SpearSettings? Spear { get; private init; }

    /// <summary>Gets whether it is a language model that is asked in words.</summary>
    public bool IsAsked { get; private init; }

    /// <summary>Gets how often the training goes through the frozen model: once where nothing in front of it learns.</summary>
    public int Passes => Spear is { Prompt: SpearPrompt.Trained } ? Epochs : 1;

    /// <summary>Gets SPEAR's passes of the head over the training series; 1 for the others.</summary>
    public int Epochs => Spear?.Trainer(new SoftPromptAnomalyTrainer.Options()).MaxEpochs ?? 1;

    public static BenchmarkMethod Of(MLContext ml, SpearSettings spear)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["backbone"] = spear.Backbone,
            ["bins"] = spear.BinCount.ToString(CultureInfo.InvariantCulture),
            ["epochs"] = spear.Trainer(new SoftPromptAnomalyTrainer.Options()).MaxEpochs.ToString(CultureInfo.InvariantCulture),
        };
        if (spear.Prompt != SpearPrompt.None)
            settings["promptLength"] = spear.PromptLength.ToString(CultureInfo.InvariantCulture);
        foreach ((string name, string value) in spear.Set.Where(pair => pair.Key != nameof(SoftPromptAnomalyTrainer.Options.MaxEpochs)))
            settings[name] = value;
        string key = spear.Prompt switch { SpearPrompt.Trained => SpearKey, SpearPrompt.Untrained => UntrainedKey, _ => NoneKey };
        return new BenchmarkMethod(key, LearnsClasses: true, settings, progress => new SpearMethod(ml, spear, progress)) { Spear = spear };
    }

    /// <summary>The paper's baseline.</summary>
    public static BenchmarkMethod Lstm(int epochs) => new(LstmKey, LearnsClasses: true,
        new SortedDictionary<string, string>(StringComparer.Ordinal) { ["epochs"] = epochs.ToString(CultureInfo.InvariantCulture) },
        progress => new LstmMethod { Epochs = epochs, HiddenSize = LstmUnits, Layers = 2, Progress = progress })
    {
        // Four gates a unit, of a step's two numbers or the layer below, of the layer itself, and of two offsets; then the head.
        TrainedBytes = sizeof(float) * (4L * LstmUnits * (2 + LstmUnits + 2) + 4L * LstmUnits * (LstmUnits + LstmUnits + 2) + LstmUnits + 1),
    };

    /// <summary>The same method on series that are each scaled by their own range.</summary>
    public BenchmarkMethod ScaledBySeries() => this with
    {
        Settings = new SortedDictionary<string, string>(Settings, StringComparer.Ordinal) { ["scale"] = "series" },
        Create = progress => new ScaledBySeriesMethod(Create(progress)),
    };

    /// <summary>A language model that is asked, without any training.</summary>
    /// <param name="model">What tells it from others in cells and tables.</param>
    public static BenchmarkMethod Of(string key, string model, Func<IAnomalyMethod> create) =>
        new(key, LearnsClasses: false, new SortedDictionary<string, string>(StringComparer.Ordinal) { ["backbone"] = model }, _ => create()) { IsAsked = true };

    /// <summary>A method without settings.</summary>
    public static BenchmarkMethod Of(string key, bool learnsClasses, Func<IAnomalyMethod> create) =>
        new(key, learnsClasses, new SortedDictionary<string, string>(StringComparer.Ordinal), _ => create());
}
