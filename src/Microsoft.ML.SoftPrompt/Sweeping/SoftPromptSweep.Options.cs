using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt;

public sealed partial class SoftPromptSweep
{
    /// <summary>What is searched, how, and for how long.</summary>
    public sealed class Options
    {
        /// <summary>Gets or sets the name of the column of readings, Single. NaN is a missing value.</summary>
        /// <value>The default is <c>Value</c>.</value>
        public string ValueColumnName { get; set; } = "Value";

        /// <summary>Gets or sets the name of the column that labels each reading, Boolean or Single (0 or 1).</summary>
        /// <value>The default is <c>Label</c>.</value>
        public string LabelColumnName { get; set; } = "Label";

        /// <summary>Gets or sets the name of the column that says which series a reading belongs to.</summary>
        /// <value>The default is <see langword="null"/>: all readings are one series.</value>
        public string? GroupColumnName { get; set; }

        /// <summary>Gets or sets the name of the column by which the readings of each group are in order, see <see cref="WindowSeriesOptions.OrderColumnName"/>.</summary>
        /// <value>The default is <see langword="null"/>: the order is not checked.</value>
        public string? OrderColumnName { get; set; }

        /// <summary>Gets or sets whether models label every reading rather than every window.</summary>
        /// <value>The default is <see langword="false"/>. With it nothing can be balanced, and pooling is not used.</value>
        public bool PointLabels { get; set; }

        /// <summary>Gets or sets what is searched.</summary>
        /// <value>The default has every parameter fixed.</value>
        public SweepSpace Space { get; set; } = new();

        /// <summary>Gets or sets how trials are chosen.</summary>
        /// <value>The default is <see cref="SweepStrategy.Random"/>.</value>
        public SweepStrategy Strategy { get; set; } = SweepStrategy.Random;

        /// <summary>Gets or sets the largest number of trials.</summary>
        /// <value>1 to 1,000,000; the default is <see langword="null"/>: 20, and of a grid all combinations.</value>
        public int? Trials { get; set; }

        /// <summary>
        /// Gets or sets the time after which no trial begins and those under way are stopped. Each run has it anew.
        /// </summary>
        /// <value>Above zero, at most 40 days; the default is <see langword="null"/>: no limit.</value>
        public TimeSpan? TimeLimit { get; set; }

        /// <summary>Gets or sets η of successive halving: of a round 1/η of the trials goes on, for η times as many epochs.</summary>
        /// <value>At least 2; the default is 3.</value>
        public int HalvingRate { get; set; } = 3;

        /// <summary>Gets or sets how many trials run side by side. Results do not depend on it. All share one backbone and the threads of the engine.</summary>
        /// <value>At least 1; the default is 1.</value>
        public int Parallelism { get; set; } = 1;

        /// <summary>Gets or sets the seed of the trials' parameters, and of every training.</summary>
        /// <value>The default is 1.</value>
        public int Seed { get; set; } = 1;

        /// <summary>Gets or sets the share of the readings, at the end of each group, that is held out for validation. Not used where validation readings are given.</summary>
        /// <value>Above 0, below 1; the default is 0.2.</value>
        public double ValidationFraction { get; set; } = TrainingDefaults.ValidationFraction;

        /// <summary>Gets or sets the number of nearest neighbours that T-SMOTE interpolates to.</summary>
        /// <value>At least 1; the default is 5.</value>
        public int NeighbourCount { get; set; } = TSmoteBalancer.Options.DefaultNeighbourCount;

        /// <summary>
        /// Gets or sets how every trial is trained, apart from what the sweep sets itself: epochs, batches, decay, loss, early stopping,
        /// threshold, calibration, backbone.
        /// </summary>
        /// <value>The defaults of the trainer. Its columns, prompt length, learning rates, pooling, validation share, seed, checkpoints, progress and cancellation are left as they are: the sweep sets them.</value>
        public SoftPromptAnomalyTrainer.Options Trainer { get; set; } = new();

        /// <summary>
        /// Gets or sets the folder where every trial is kept at once: what came of it, its model, and where its training stands. A sweep of the
        /// same space, data and seed goes on there; that of another is refused. It is made where it is missing.
        /// </summary>
        /// <value>The default is <see langword="null"/>: nothing is kept on disk.</value>
        public string? Directory { get; set; }

        /// <summary>Gets or sets who is told of every batch, and of every trial that was judged or ended.</summary>
        /// <value>The default is <see langword="null"/>.</value>
        public IProgress<SweepProgress>? Progress { get; set; }

        /// <summary>Gets or sets what stops the sweep, within a batch.</summary>
        /// <value>The default is none; the context's own cancellation stops it too.</value>
        public CancellationToken CancellationToken { get; set; }

        internal const int DefaultTrials = 20;

        // The parameters of all trials are drawn first and kept in memory.
        internal const int MostTrials = 1_000_000;

        // .NET's timers end at 49 days.
        private static readonly TimeSpan s_longestTime = TimeSpan.FromDays(40);

        /// <summary>Of time; tests set their own.</summary>
        internal TimeProvider Clock { get; set; } = TimeProvider.System;

        internal Options Copy() => (Options)MemberwiseClone();

        internal void Validate()
        {
            ArgumentNullException.ThrowIfNull(Space);
            ArgumentNullException.ThrowIfNull(Trainer);
            var faults = new OptionFaults($"{nameof(SoftPromptSweep)}.{nameof(Options)}");
            faults.CheckColumn(ValueColumnName, nameof(ValueColumnName));
            faults.CheckColumn(LabelColumnName, nameof(LabelColumnName));
            faults.CheckOptionalColumn(GroupColumnName, nameof(GroupColumnName));
            faults.CheckOptionalColumn(OrderColumnName, nameof(OrderColumnName));
            faults.CheckKind(Strategy, nameof(Strategy));
            faults.Check(Trials is null or (>= 1 and <= MostTrials), nameof(Trials), Trials, FormattableString.Invariant($"1 to {MostTrials:N0}, or null"));
            faults.Check(TimeLimit is null || (TimeLimit > TimeSpan.Zero && TimeLimit <= s_longestTime), nameof(TimeLimit), TimeLimit, $"above zero, at most {s_longestTime.TotalDays} days, or null");
            faults.Check(HalvingRate >= 2, nameof(HalvingRate), HalvingRate, "at least 2");
            faults.Check(Parallelism >= 1, nameof(Parallelism), Parallelism, "at least 1");
            faults.Check(ValidationFraction is > 0 and < 1, nameof(ValidationFraction), ValidationFraction, "above 0, below 1");
            faults.Check(NeighbourCount >= 1, nameof(NeighbourCount), NeighbourCount, "at least 1");
            if (Directory is not null && string.IsNullOrWhiteSpace(Directory))
                faults.Add($"{nameof(Directory)} is empty; expected the path of a folder, or null.");
            Space.Check(faults);
            CheckTogether(faults);
            CheckTrainer(faults);
            faults.ThrowIfAny();
        }

        private void CheckTogether(OptionFaults faults)
        {
            if (GroupColumnName is null && Space.Scaling.Values.Contains(SweepScaling.Group))
                faults.Add($"{nameof(SweepSpace.Scaling)} has {SweepScaling.Group}, and {nameof(GroupColumnName)} is null; name the column of groups.");
            if (PointLabels && Space.TSmoteRatio.Values.Any(ratio => ratio is not null))
                faults.Add($"{nameof(SweepSpace.TSmoteRatio)} has a ratio, and {nameof(PointLabels)} is set; only windows that are labelled as a whole can be balanced.");
            if (PointLabels && Space.Pooling.IsSwept)
                faults.Add($"{nameof(SweepSpace.Pooling)} is swept, and {nameof(PointLabels)} is set; there every reading's own hidden state answers.");
            if (Strategy != SweepStrategy.Grid)
                return;
            foreach (SweepAxis range in Space.Axes().Where(axis => axis.IsRange))
                faults.Add($"{range.Name} is the {range.Text}; a grid needs values: name them with {nameof(SweepParameter)}.{nameof(SweepParameter.Choice)}.");
            faults.Check(Space.CellCount <= MostTrials, "The number of combinations of the grid", Space.CellCount, $"at most {MostTrials}; choose {nameof(SweepStrategy.Random)}");
        }

        private void CheckTrainer(OptionFaults faults)
        {
            var defaults = new SoftPromptAnomalyTrainer.Options();
            void Unset<T>(Func<SoftPromptAnomalyTrainer.Options, T> of, string name, string instead)
            {
                if (!EqualityComparer<T>.Default.Equals(of(Trainer), of(defaults)))
                    faults.Add($"{nameof(Trainer)}.{name} is {of(Trainer)}; the sweep sets it: leave it as it is{instead}.");
            }
            const string InSpace = $", and set it in {nameof(Space)}", Here = ", and set that of the sweep";
            Unset(one => one.LabelColumnName, nameof(Trainer.LabelColumnName), Here);
            Unset(one => one.FeatureColumnName, nameof(Trainer.FeatureColumnName), "");
            Unset(one => one.ExampleWeightColumnName, nameof(Trainer.ExampleWeightColumnName), "");
            Unset(one => one.SamplingKeyColumnName, nameof(Trainer.SamplingKeyColumnName), "");
            Unset(one => one.GroupColumnName, nameof(Trainer.GroupColumnName), Here);
            Unset(one => one.StartColumnName, nameof(Trainer.StartColumnName), "");
            Unset(one => one.PromptLength, nameof(Trainer.PromptLength), InSpace);
            Unset(one => one.PromptLearningRate, nameof(Trainer.PromptLearningRate), InSpace);
            Unset(one => one.HeadLearningRate, nameof(Trainer.HeadLearningRate), InSpace);
            Unset(one => one.Pooling, nameof(Trainer.Pooling), InSpace);
            Unset(one => one.ValidationFraction, nameof(Trainer.ValidationFraction), Here);
            Unset(one => one.Seed, nameof(Trainer.Seed), Here);
            Unset(one => one.CheckpointDirectory, nameof(Trainer.CheckpointDirectory), $", and set {nameof(Directory)}");
            Unset(one => one.Progress, nameof(Trainer.Progress), Here);
            Unset(one => one.CancellationToken, nameof(Trainer.CancellationToken), Here);
            try
            {
                Trainer.Validate();
            }
            catch (ArgumentException fault)
            {
                faults.Add(fault.Message.Replace($" (Parameter '{fault.ParamName}')", "", StringComparison.Ordinal));
            }
        }
    }
}
