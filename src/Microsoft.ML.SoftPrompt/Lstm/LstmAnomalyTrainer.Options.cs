using System.Text.Json.Serialization;
using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt;

public sealed partial class LstmAnomalyTrainer
{
    /// <summary>How an LSTM is trained. A plain class, so that sweeps can set it; what is no setting stays out of its JSON.</summary>
    public sealed class Options
    {
        /// <summary>Gets or sets the name of the label column: Boolean or Single (0 or 1), one a series or a vector with one a value.</summary>
        /// <value>The default is <c>Label</c>.</value>
        public string LabelColumnName { get; set; } = "Label";

        /// <summary>Gets or sets the name of the series' column, a vector of Single; NaN is a missing value.</summary>
        /// <value>The default is <c>Features</c>.</value>
        public string FeatureColumnName { get; set; } = "Features";

        /// <summary>Gets or sets the name of the column with the times of the values, a vector of Single or Double that does not fall; only distances from a series' first time count, in any unit.</summary>
        /// <value>The default is <see langword="null"/>: equal steps.</value>
        public string? TimeColumnName { get; set; }

        /// <summary>
        /// Gets or sets the name of a column of groups (text, an integer, a Boolean or a key), each of which gets a mean and a deviation of its
        /// own; a group without a value in the training rows takes those of the whole. Without a sampling key the last rows of each group are
        /// held out, and windows overlap only within a group.
        /// </summary>
        /// <value>The default is <see langword="null"/>: one scale, and the last of all rows are held out.</value>
        public string? GroupColumnName { get; set; }

        /// <summary>Gets or sets the name of a column of groups (text, an integer, a Boolean or a key): a group is held out for validation whole or not at all.</summary>
        /// <value>The default is <see langword="null"/>: the last rows are held out.</value>
        public string? SamplingKeyColumnName { get; set; }

        /// <summary>Gets or sets the name of a column (Int64) with the index of a window's first reading within its series; windows held out that share readings with one that trains are left out.</summary>
        /// <value>The default is <see langword="null"/>: the column <c>Start</c> of WindowSeries, known by its annotation; without one, overlap is not looked for.</value>
        public string? StartColumnName { get; set; }

        /// <summary>Gets or sets the hidden units of a layer.</summary>
        /// <value>1 to 2,048; the default is 128 (SPEAR's baseline).</value>
        public int HiddenSize { get; set; } = LstmSettings.DefaultHiddenSize;

        /// <summary>Gets or sets the number of layers.</summary>
        /// <value>1 to 8; the default is 2.</value>
        public int Layers { get; set; } = LstmSettings.DefaultLayers;

        /// <summary>Gets or sets the number of passes over the training rows.</summary>
        /// <value>At least 1; the default is 10.</value>
        public int MaxEpochs { get; set; } = LstmSettings.DefaultEpochs;

        /// <summary>Gets or sets the number of series in a step.</summary>
        /// <value>At least 1; the default is 32.</value>
        public int BatchSize { get; set; } = LstmSettings.DefaultBatchSize;

        /// <summary>Gets or sets Adam's learning rate.</summary>
        /// <value>Above 0; the default is 0.001.</value>
        public double LearningRate { get; set; } = LstmSettings.DefaultLearningRate;

        /// <summary>Gets or sets the share of the groups, or of the last rows, that is held out to choose the epoch (by average precision) and the threshold (by F1).</summary>
        /// <value>0 (switched off) to below 1; the default is 0.2. Not used where validation data are given.</value>
        public double ValidationFraction { get; set; } = TrainingDefaults.ValidationFraction;

        /// <summary>Gets or sets the seed of the initial weights, the order of the batches and the groups held out.</summary>
        /// <value>The default is <see langword="null"/>: drawn from the MLContext, which repeats when the context has a seed and stages are made in the same order.</value>
        public int? Seed { get; set; }

        /// <summary>Gets or sets who is told after every batch.</summary>
        /// <value>The default is <see langword="null"/>. ML.NET's log gets a line an epoch in any case.</value>
        [JsonIgnore]
        public IProgress<TrainingProgress>? Progress { get; set; }

        /// <summary>Gets or sets what stops the training, within a batch.</summary>
        /// <value>The default is none; the context's own cancellation (AutoML's, for one) stops it too.</value>
        [JsonIgnore]
        public CancellationToken CancellationToken { get; set; }

        internal Options Copy() => (Options)MemberwiseClone();

        internal LstmSettings Settings(int seed) =>
            new() { HiddenSize = HiddenSize, Layers = Layers, Epochs = MaxEpochs, BatchSize = BatchSize, LearningRate = LearningRate, Seed = seed };

        internal void Validate()
        {
            var faults = new OptionFaults($"{nameof(LstmAnomalyTrainer)}.{nameof(Options)}");
            faults.CheckColumn(LabelColumnName, nameof(LabelColumnName));
            faults.CheckColumn(FeatureColumnName, nameof(FeatureColumnName));
            faults.CheckOptionalColumn(TimeColumnName, nameof(TimeColumnName));
            faults.CheckOptionalColumn(GroupColumnName, nameof(GroupColumnName));
            faults.CheckOptionalColumn(SamplingKeyColumnName, nameof(SamplingKeyColumnName));
            faults.CheckOptionalColumn(StartColumnName, nameof(StartColumnName));
            faults.Check(HiddenSize is >= 1 and <= LstmSettings.MaximumHiddenSize, nameof(HiddenSize), HiddenSize, $"1 to {LstmSettings.MaximumHiddenSize}");
            faults.Check(Layers is >= 1 and <= LstmSettings.MaximumLayers, nameof(Layers), Layers, $"1 to {LstmSettings.MaximumLayers}");
            faults.Check(MaxEpochs >= 1, nameof(MaxEpochs), MaxEpochs, "at least 1");
            faults.Check(BatchSize >= 1, nameof(BatchSize), BatchSize, "at least 1");
            faults.Check(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "a finite number above 0");
            faults.Check(ValidationFraction is >= 0 and < 1, nameof(ValidationFraction), ValidationFraction, "0 (switched off) to below 1");
            faults.ThrowIfAny();
        }
    }
}
