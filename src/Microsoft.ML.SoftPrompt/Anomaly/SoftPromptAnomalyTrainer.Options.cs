using System.Text.Json.Serialization;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Tensors;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt;

public sealed partial class SoftPromptAnomalyTrainer
{
    /// <summary>How a soft prompt is trained. A plain class, so that sweeps can set it; what is no setting stays out of its JSON.</summary>
    public sealed class Options
    {
        /// <summary>Gets or sets the name of the label column: Boolean or Single (0 or 1), one a series or a vector with one a value.</summary>
        /// <value>The default is <c>Label</c>.</value>
        public string LabelColumnName { get; set; } = "Label";

        /// <summary>Gets or sets the name of the tokens' column, a vector of key (UInt32) as QuantizeSeries makes it.</summary>
        /// <value>The default is <c>Features</c>.</value>
        public string FeatureColumnName { get; set; } = "Features";

        /// <summary>Gets or sets the name of a column of weights (Single, at least 0): how much a series counts in the loss.</summary>
        /// <value>The default is <see langword="null"/>: all count the same.</value>
        public string? ExampleWeightColumnName { get; set; }

        /// <summary>Gets or sets the name of a column of groups (text, an integer, a Boolean or a key): a group is held out for validation whole or not at all.</summary>
        /// <value>The default is <see langword="null"/>: the last rows are held out.</value>
        public string? SamplingKeyColumnName { get; set; }

        /// <summary>
        /// Gets or sets the name of a column of groups (text, an integer, a Boolean or a key): the series that a window was cut from. Without
        /// a sampling key the last rows of each group are held out, and windows overlap only within a group.
        /// </summary>
        /// <value>The default is <see langword="null"/>: the last of all rows are held out, and overlap counts within the group column that WindowSeries was given.</value>
        public string? GroupColumnName { get; set; }

        /// <summary>
        /// Gets or sets the name of a column (Int64) with the index of a window's first reading within its series. Where the last rows are held
        /// out, those that share readings with a window that trains are left out.
        /// </summary>
        /// <value>The default is <see langword="null"/>: the column <c>Start</c> of WindowSeries, known by its annotation; without one, overlap is not looked for.</value>
        public string? StartColumnName { get; set; }

        /// <summary>
        /// Gets or sets the number of learnable rows m in front of every series. With 0 only the head is trained, on the frozen model's own
        /// hidden states; the row of a missing value then keeps its start.
        /// </summary>
        /// <value>At least 0; the default is 20 (SPEAR, Table IV).</value>
        public int PromptLength { get; set; } = TrainingDefaults.PromptLength;

        /// <summary>Gets or sets the number of passes over the training rows.</summary>
        /// <value>At least 1; the default is 40 (SPEAR).</value>
        public int MaxEpochs { get; set; } = TrainingDefaults.Epochs;

        /// <summary>Gets or sets where the prompt starts.</summary>
        /// <value>The default is <see cref="SoftPromptInitialization.Vocabulary"/>.</value>
        public SoftPromptInitialization Initialization { get; set; } = SoftPromptInitialization.Vocabulary;

        /// <summary>Gets or sets the text that the prompt starts from: the rows of its pieces, repeated or cut to <see cref="PromptLength"/>.</summary>
        /// <value>The default is <see langword="null"/>; needed for <see cref="SoftPromptInitialization.Text"/>, and refused with another initialization.</value>
        public string? InitializationText { get; set; }

        /// <summary>
        /// Gets or sets the path of a <c>prompt.safetensors</c>, as <see cref="SoftPromptModelParameters.SavePrompt(string)"/> writes it, that
        /// the training goes on from: prompt, missing row and head. It must have been learned in front of the same backbone; its length and
        /// width are checked.
        /// </summary>
        /// <value>The default is <see langword="null"/>; for <see cref="SoftPromptInitialization.Prompt"/> this or <see cref="InitializationModel"/> is needed, and it is refused with another initialization.</value>
        public string? InitializationPath { get; set; }

        /// <summary>Gets or sets a model that the training goes on from: its prompt, missing row and head. Its backbone must be the same.</summary>
        /// <value>The default is <see langword="null"/>; for <see cref="SoftPromptInitialization.Prompt"/> this or <see cref="InitializationPath"/> is needed, and it is refused with another initialization.</value>
        [JsonIgnore]
        public SoftPromptModelParameters? InitializationModel { get; set; }

        /// <summary>Gets or sets the number of series in a step.</summary>
        /// <value>At least 1; the default is 32.</value>
        public int BatchSize { get; set; } = TrainingDefaults.BatchSize;

        /// <summary>Gets or sets the learning rate of the prompt rows (and of the row that stands for a missing value).</summary>
        /// <value>At least 0; the default is 0.03. With 0 the rows stay as they start and the head alone is trained, in about half the time.</value>
        public double PromptLearningRate { get; set; } = TrainingDefaults.PromptLearningRate;

        /// <summary>Gets or sets the learning rate of the head.</summary>
        /// <value>At least 0; the default is 0.01.</value>
        public double HeadLearningRate { get; set; } = TrainingDefaults.HeadLearningRate;

        /// <summary>Gets or sets AdamW's decoupled weight decay.</summary>
        /// <value>At least 0; the default is 0.01.</value>
        public double WeightDecay { get; set; } = TrainingDefaults.WeightDecay;

        /// <summary>
        /// Gets or sets the share of all steps S over which the learning rates rise: with w steps of warm-up, at least 1, step s from 0 has the
        /// factor min(1, (s + 1)/w), times that of <see cref="LearningRateDecay"/>.
        /// </summary>
        /// <value>0 to 1; the default is 0.06.</value>
        public double WarmUpFraction { get; set; } = TrainingDefaults.WarmUp;

        /// <summary>Gets or sets how the learning rates fall.</summary>
        /// <value>The default is <see cref="SoftPromptLearningRateDecay.Linear"/>: step s of S, from 0, has the factor (S − s)/S.</value>
        public SoftPromptLearningRateDecay LearningRateDecay { get; set; } = SoftPromptLearningRateDecay.Linear;

        /// <summary>Gets or sets the largest Euclidean norm of a step's gradient over all that is trained; a longer one is scaled down to it.</summary>
        /// <value>At least 0; the default is 0, which switches clipping off.</value>
        public double GradientClipping { get; set; }

        /// <summary>Gets or sets what the loss of an anomalous label is multiplied with; the mean over a batch is taken as if it were 1.</summary>
        /// <value>Above 0; the default is 1.</value>
        public double PositiveClassWeight { get; set; } = TrainingDefaults.PositiveClassWeight;

        /// <summary>
        /// Gets or sets the exponent γ of the focal loss (1 − p)^γ · −ln p, p the probability of the label (Lin et al., arXiv 1708.02002): above
        /// 0, labels that are already met count less.
        /// </summary>
        /// <value>At least 0; the default is 0, the binary cross-entropy.</value>
        public double FocalGamma { get; set; }

        /// <summary>Gets or sets which hidden state answers for a series; labels a value use every value's own.</summary>
        /// <value>The default is <see cref="SoftPromptPooling.Mean"/>.</value>
        public SoftPromptPooling Pooling { get; set; } = SoftPromptPooling.Mean;

        /// <summary>Gets or sets the share of the groups, or of the last rows, that is held out to choose the epoch and the threshold, and to calibrate.</summary>
        /// <value>0 (switched off) to below 1; the default is 0.2. Not used where validation data are given.</value>
        public double ValidationFraction { get; set; } = TrainingDefaults.ValidationFraction;

        /// <summary>Gets or sets the metric on the validation rows that ends the training when it no longer improves, and chooses the epoch kept.</summary>
        /// <value>The default is <see cref="SoftPromptEarlyStopping.None"/>: all epochs run and average precision chooses. Without validation rows of both classes all epochs run, with a warning.</value>
        public SoftPromptEarlyStopping EarlyStopping { get; set; } = SoftPromptEarlyStopping.None;

        /// <summary>Gets or sets the number of epochs without an improvement after which early stopping ends the training.</summary>
        /// <value>At least 1; the default is 5.</value>
        public int Patience { get; set; } = TrainingDefaults.Patience;

        /// <summary>Gets or sets how the threshold is chosen.</summary>
        /// <value>The default is <see cref="SoftPromptThresholdRule.F1"/>. Without validation rows of both classes the threshold is probability 0.5, with a warning where a precision or a recall was asked for; a fixed one needs none.</value>
        public SoftPromptThresholdRule Threshold { get; set; } = SoftPromptThresholdRule.F1;

        /// <summary>Gets or sets the precision, the recall or the fixed probability that <see cref="Threshold"/> aims at; not read for F1.</summary>
        /// <value>Above 0 and at most 1, a fixed probability below 1; the default is 0.5. Where no threshold has the precision, the one with the highest precision is used, with a warning.</value>
        public double ThresholdTarget { get; set; } = TrainingDefaults.ThresholdTarget;

        /// <summary>Gets or sets how <c>Probability</c> comes from <c>Score</c>; the score itself and the predicted label stay the same, unless the threshold is a fixed probability.</summary>
        /// <value>The default is <see cref="SoftPromptCalibration.None"/>. Calibration is fitted on the validation rows alone, and the training is refused where there are none of both classes.</value>
        public SoftPromptCalibration Calibration { get; set; } = SoftPromptCalibration.None;

        /// <summary>
        /// Gets or sets whether a series that with the prompt exceeds the backbone's positions keeps its last values, as in the paper,
        /// counted and reported; labels a series only.
        /// </summary>
        /// <value>The default is <see langword="false"/>: such a series is refused.</value>
        public bool TruncateLongSeries { get; set; }

        /// <summary>Gets or sets the seed of the initial rows, the order of the batches and the groups held out.</summary>
        /// <value>The default is <see langword="null"/>: drawn from the MLContext, which repeats when the context has a seed and stages are made in the same order.</value>
        public int? Seed { get; set; }

        /// <summary>Gets or sets the frozen language model.</summary>
        /// <value>The default is <see langword="null"/>: the one at <see cref="BackbonePath"/>, or else the package Microsoft.ML.SoftPrompt.MiniLM.</value>
        [JsonIgnore]
        public IBackbone? Backbone { get; set; }

        /// <summary>Gets or sets where a frozen language model lies: a folder in Hugging Face's form, or a GGUF file.</summary>
        /// <value>The default is <see langword="null"/>.</value>
        public string? BackbonePath { get; set; }

        /// <summary>
        /// Gets or sets how the backbone keeps the matrices of its layers, where the trainer opens it: less memory, and slightly other hidden
        /// states. The model file says which it was.
        /// </summary>
        /// <value>The default is <see cref="WeightPrecision.Full"/>. Not for <see cref="Backbone"/>, which is open already.</value>
        public WeightPrecision BackbonePrecision { get; set; } = WeightPrecision.Full;

        /// <summary>Gets or sets whether the model file carries the backbone's files, so that it loads where they are not.</summary>
        /// <value>The default is <see langword="null"/>: it does for a backbone from <see cref="BackbonePath"/>.</value>
        public bool? EmbedBackbone { get; set; }

        /// <summary>
        /// Gets or sets the folder of the training's checkpoint, <see cref="CheckpointFileName"/>: where the training stands, written whole or not
        /// at all, after every epoch, every half a minute within one, and on cancellation. A training with the same options, data, seed and
        /// backbone that finds one goes on from it, and ends with the same model bit for bit; one that had ended gives its model at once. A
        /// checkpoint of another training is refused with what differs. What is chosen after the last epoch (<see cref="Threshold"/>,
        /// <see cref="Calibration"/>) may differ.
        /// </summary>
        /// <value>The default is <see langword="null"/>: none. Made where it is missing; wants a <see cref="Seed"/>. The file stays when the training has ended; each training needs a folder of its own.</value>
        [JsonIgnore]
        public string? CheckpointDirectory { get; set; }

        /// <summary>Gets or sets who is told after every batch, and first of all where a training goes on from a checkpoint.</summary>
        /// <value>The default is <see langword="null"/>. ML.NET's log gets a line an epoch in any case.</value>
        [JsonIgnore]
        public IProgress<TrainingProgress>? Progress { get; set; }

        /// <summary>Gets or sets what stops the training, within a batch.</summary>
        /// <value>The default is none; the context's own cancellation (AutoML's, for one) stops it too.</value>
        [JsonIgnore]
        public CancellationToken CancellationToken { get; set; }

        /// <summary>Gets or sets the epoch after which the training ends, as it stands; a sweep goes on from there. The learning rates are those of all epochs.</summary>
        internal int? LastEpoch { get; set; }

        internal bool EmbedsBackbone => EmbedBackbone ?? BackbonePath is not null;

        internal Options Copy() => (Options)MemberwiseClone();

        internal void Validate()
        {
            var faults = new OptionFaults($"{nameof(SoftPromptAnomalyTrainer)}.{nameof(Options)}");
            faults.CheckColumn(LabelColumnName, nameof(LabelColumnName));
            faults.CheckColumn(FeatureColumnName, nameof(FeatureColumnName));
            faults.CheckOptionalColumn(ExampleWeightColumnName, nameof(ExampleWeightColumnName));
            faults.CheckOptionalColumn(SamplingKeyColumnName, nameof(SamplingKeyColumnName));
            faults.CheckOptionalColumn(GroupColumnName, nameof(GroupColumnName));
            faults.CheckOptionalColumn(StartColumnName, nameof(StartColumnName));
            faults.Check(PromptLength >= 0, nameof(PromptLength), PromptLength, "at least 0");
            faults.Check(MaxEpochs >= 1, nameof(MaxEpochs), MaxEpochs, "at least 1");
            faults.Check(BatchSize >= 1, nameof(BatchSize), BatchSize, "at least 1");
            faults.Check(IsRate(PromptLearningRate), nameof(PromptLearningRate), PromptLearningRate, "a finite number of at least 0");
            faults.Check(IsRate(HeadLearningRate), nameof(HeadLearningRate), HeadLearningRate, "a finite number of at least 0");
            faults.Check(IsRate(WeightDecay), nameof(WeightDecay), WeightDecay, "a finite number of at least 0");
            faults.Check(WarmUpFraction is >= 0 and <= 1, nameof(WarmUpFraction), WarmUpFraction, "0 to 1");
            faults.Check(IsRate(GradientClipping), nameof(GradientClipping), GradientClipping, "a finite number of at least 0 (off)");
            faults.Check(PositiveClassWeight > 0 && double.IsFinite(PositiveClassWeight), nameof(PositiveClassWeight), PositiveClassWeight, "a finite number above 0");
            faults.Check(IsRate(FocalGamma), nameof(FocalGamma), FocalGamma, "a finite number of at least 0");
            faults.Check(Patience >= 1, nameof(Patience), Patience, "at least 1");
            faults.Check(ThresholdTarget is > 0 and <= 1 && (Threshold != SoftPromptThresholdRule.Fixed || ThresholdTarget < 1), nameof(ThresholdTarget), ThresholdTarget,
                Threshold == SoftPromptThresholdRule.Fixed ? "a probability above 0 and below 1" : "above 0 and at most 1");
            faults.CheckKind(Pooling, nameof(Pooling));
            faults.CheckKind(Initialization, nameof(Initialization));
            faults.CheckKind(LearningRateDecay, nameof(LearningRateDecay));
            faults.CheckKind(EarlyStopping, nameof(EarlyStopping));
            faults.CheckKind(Threshold, nameof(Threshold));
            faults.CheckKind(Calibration, nameof(Calibration));
            faults.CheckKind(BackbonePrecision, nameof(BackbonePrecision));
            CheckInitialization(faults);
            faults.Check(ValidationFraction is >= 0 and < 1, nameof(ValidationFraction), ValidationFraction, "0 (switched off) to below 1");
            if (BackbonePath is not null && string.IsNullOrWhiteSpace(BackbonePath))
                faults.Add($"{nameof(BackbonePath)} is empty; expected the path of a folder or a GGUF file, or none for the package.");
            if (CheckpointDirectory is not null && string.IsNullOrWhiteSpace(CheckpointDirectory))
                faults.Add($"{nameof(CheckpointDirectory)} is empty; expected the path of a folder, or none.");
            if (CheckpointDirectory is not null && Seed is null)
                faults.Add($"{nameof(CheckpointDirectory)} is set and {nameof(Seed)} is not; set a seed, so that the same training can be run again.");
            if (Backbone is not null && BackbonePath is not null)
                faults.Add($"Both {nameof(Backbone)} and {nameof(BackbonePath)} are set; set one.");
            if (Backbone is not null && BackbonePrecision != WeightPrecision.Full)
                faults.Add($"{nameof(BackbonePrecision)} is {BackbonePrecision}, and {nameof(Backbone)} is open already; open it in that precision.");
            faults.ThrowIfAny();
        }

        private void CheckInitialization(OptionFaults faults)
        {
            bool startsFromText = Initialization == SoftPromptInitialization.Text, startsFromPrompt = Initialization == SoftPromptInitialization.Prompt;
            if (startsFromText != !string.IsNullOrWhiteSpace(InitializationText))
                faults.Add(startsFromText ? $"{nameof(Initialization)} is {Initialization}; expected an {nameof(InitializationText)}."
                    : $"{nameof(InitializationText)} is set, and {nameof(Initialization)} is {Initialization}; set one or the other.");
            int prompts = (InitializationPath is null ? 0 : 1) + (InitializationModel is null ? 0 : 1);
            if (prompts != (startsFromPrompt ? 1 : 0))
                faults.Add(startsFromPrompt ? $"{nameof(Initialization)} is {Initialization}; expected either {nameof(InitializationPath)} or {nameof(InitializationModel)}."
                    : $"{nameof(InitializationPath)} or {nameof(InitializationModel)} is set, and {nameof(Initialization)} is {Initialization}; set one or the other.");
        }

        private static bool IsRate(double value) => value >= 0 && double.IsFinite(value);
    }
}
