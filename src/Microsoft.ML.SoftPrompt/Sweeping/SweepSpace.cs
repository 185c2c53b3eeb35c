using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt;

/// <summary>What a <see cref="SoftPromptSweep"/> searches: each property is a fixed value, some values or a range; see <see cref="SweepParameter"/>.</summary>
public sealed class SweepSpace
{
    /// <summary>Gets or sets the number of learnable rows in front of every window.</summary>
    /// <value>At least 0; the default is 20.</value>
    public SweepParameter<int> PromptLength { get; set; } = TrainingDefaults.PromptLength;

    /// <summary>Gets or sets the number of bins.</summary>
    /// <value>2 to 2,000; the default is 100.</value>
    public SweepParameter<int> BinCount { get; set; } = QuantizingEstimator.Options.DefaultBinCount;

    /// <summary>Gets or sets what values are scaled by.</summary>
    /// <value>The default is <see cref="SweepScaling.All"/>; <see cref="SweepScaling.Group"/> needs <see cref="SoftPromptSweep.Options.GroupColumnName"/>.</value>
    public SweepParameter<SweepScaling> Scaling { get; set; } = SweepScaling.All;

    /// <summary>Gets or sets the learning rate of the prompt.</summary>
    /// <value>At least 0; the default is 0.03.</value>
    public SweepParameter<double> PromptLearningRate { get; set; } = TrainingDefaults.PromptLearningRate;

    /// <summary>Gets or sets the learning rate of the head.</summary>
    /// <value>At least 0; the default is 0.01.</value>
    public SweepParameter<double> HeadLearningRate { get; set; } = TrainingDefaults.HeadLearningRate;

    /// <summary>Gets or sets which hidden state answers for a window. Not used where every reading has its label.</summary>
    /// <value>The default is <see cref="SoftPromptPooling.Mean"/>.</value>
    public SweepParameter<SoftPromptPooling> Pooling { get; set; } = SoftPromptPooling.Mean;

    /// <summary>Gets or sets how many training windows of the rarer class there are to be for each of the other (T-SMOTE); null where none are made.</summary>
    /// <value>Above 0, at most 1, or null; the default is null.</value>
    public SweepParameter<double?> TSmoteRatio { get; set; } = new([null]);

    /// <summary>Gets or sets the number of readings in a window.</summary>
    /// <value>At least 1; the default is 50.</value>
    public SweepParameter<int> WindowSize { get; set; } = new WindowSeriesOptions().WindowSize;

    /// <summary>Gets or sets the number of readings from one training window's start to the next one's.</summary>
    /// <value>At least 1, or null; the default is null: as many as a window has, end to end.</value>
    public SweepParameter<int?> Stride { get; set; } = new([null]);

    /// <summary>Gives every parameter in words, by name.</summary>
    internal IReadOnlyDictionary<string, string> Describe() => Axes().ToDictionary(axis => axis.Name, axis => axis.Text);

    /// <summary>The parameters in a fixed order.</summary>
    internal IReadOnlyList<SweepAxis> Axes() =>
    [
        SweepAxis.Of(nameof(WindowSize), WindowSize, values => values.WindowSize),
        SweepAxis.Of(nameof(Stride), Stride, values => values.Stride),
        SweepAxis.Of(nameof(Scaling), Scaling, values => values.Scaling),
        SweepAxis.Of(nameof(BinCount), BinCount, values => values.BinCount),
        SweepAxis.Of(nameof(TSmoteRatio), TSmoteRatio, values => values.TSmoteRatio),
        SweepAxis.Of(nameof(PromptLength), PromptLength, values => values.PromptLength),
        SweepAxis.Of(nameof(Pooling), Pooling, values => values.Pooling),
        SweepAxis.Of(nameof(PromptLearningRate), PromptLearningRate, values => values.PromptLearningRate),
        SweepAxis.Of(nameof(HeadLearningRate), HeadLearningRate, values => values.HeadLearningRate),
    ];

    /// <summary>Draws the parameters of a trial, always in the same order.</summary>
    internal SweepValues Draw(Random random) => new(PromptLength.Draw(random), BinCount.Draw(random), Scaling.Draw(random), PromptLearningRate.Draw(random),
        HeadLearningRate.Draw(random), Pooling.Draw(random), TSmoteRatio.Draw(random), WindowSize.Draw(random), Stride.Draw(random));

    /// <summary>The number of combinations, where every parameter has values and none a range.</summary>
    internal double CellCount => Axes().Aggregate(1.0, (product, axis) => product * axis.Count);

    /// <summary>The combination of a number from 0.</summary>
    internal SweepValues Cell(int number)
    {
        T Take<T>(SweepParameter<T> parameter)
        {
            (number, int digit) = Math.DivRem(number, parameter.Values.Count);
            return parameter.Values[digit];
        }
        return new SweepValues(Take(PromptLength), Take(BinCount), Take(Scaling), Take(PromptLearningRate), Take(HeadLearningRate), Take(Pooling), Take(TSmoteRatio),
            Take(WindowSize), Take(Stride));
    }

    internal void Check(OptionFaults faults)
    {
        object?[] parameters = [PromptLength, BinCount, Scaling, PromptLearningRate, HeadLearningRate, Pooling, TSmoteRatio, WindowSize, Stride];
        if (parameters.Contains(null))
            throw new ArgumentException($"A parameter of the {nameof(SweepSpace)} is null; expected a value, a choice or a range. A parameter of the value null is {nameof(SweepParameter)}.{nameof(SweepParameter.Choice)}<int?>([null]).");
        const string Rate = "a finite number of at least 0";
        PromptLength.Check(faults, nameof(PromptLength), value => value >= 0, "at least 0");
        BinCount.Check(faults, nameof(BinCount), value => value is >= 2 and <= 2000, "2 to 2,000");
        Scaling.Check(faults, nameof(Scaling), Enum.IsDefined, $"one of {string.Join(", ", Enum.GetNames<SweepScaling>())}");
        PromptLearningRate.Check(faults, nameof(PromptLearningRate), IsRate, Rate);
        HeadLearningRate.Check(faults, nameof(HeadLearningRate), IsRate, Rate);
        Pooling.Check(faults, nameof(Pooling), Enum.IsDefined, $"one of {string.Join(", ", Enum.GetNames<SoftPromptPooling>())}");
        TSmoteRatio.Check(faults, nameof(TSmoteRatio), value => value is null or > 0 and <= 1, "above 0, at most 1, or null");
        WindowSize.Check(faults, nameof(WindowSize), value => value >= 1, "at least 1");
        Stride.Check(faults, nameof(Stride), value => value is null or >= 1, "at least 1, or null");
    }

    private static bool IsRate(double value) => value >= 0 && double.IsFinite(value);
}

/// <summary>A parameter of a space, whatever its type.</summary>
/// <param name="Name">Its name, that of the property.</param>
/// <param name="Text">The parameter in words.</param>
/// <param name="IsSwept">Whether trials may differ in it.</param>
/// <param name="IsRange">Whether it is a range.</param>
/// <param name="Count">How many values it has; of a range, its two ends.</param>
/// <param name="Read">A trial's value.</param>
internal sealed record SweepAxis(string Name, string Text, bool IsSwept, bool IsRange, int Count, Func<SweepValues, object?> Read)
{
    public static SweepAxis Of<T>(string name, SweepParameter<T> parameter, Func<SweepValues, T> read) =>
        new(name, parameter.ToString(), parameter.IsSwept, parameter.IsRange, parameter.Values.Count, values => read(values));
}
