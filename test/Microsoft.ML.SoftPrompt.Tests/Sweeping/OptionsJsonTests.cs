using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Tests.Sweeping;

/// <summary>ML.NET's AutoML makes options from JSON: what is not named keeps its default, values of an enumeration come as names.</summary>
public sealed class OptionsJsonTests
{
    // As its Parameter converts to the options' class.
    private static readonly JsonSerializerOptions AutoML = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = { new JsonStringEnumConverter() } };

    public static TheoryData<object> Filled => new(
        new SoftPromptAnomalyTrainer.Options
        {
            PromptLength = 7,
            PromptLearningRate = 0.07,
            Pooling = SoftPromptPooling.Last,
            EarlyStopping = SoftPromptEarlyStopping.Auroc,
            LearningRateDecay = SoftPromptLearningRateDecay.Cosine,
            BackbonePrecision = WeightPrecision.EightBit,
            Seed = 3,
            EmbedBackbone = false,
            GroupColumnName = "Host",
        },
        new QuantizingEstimator.Options { BinCount = 50, ScaleEachSeries = true, LowerQuantile = 0.01, Binning = QuantizationBinning.Quantile, OutsideValues = OutsideValues.OwnBins },
        new TSmoteBalancer.Options { TargetRatio = 0.5, NeighbourCount = 3, MaximumSyntheticCount = 9, Seed = 4 },
        new WindowSeriesOptions { WindowSize = 30, Stride = 6, TrailingReadings = TrailingReadings.MoveBack },
        new LstmAnomalyTrainer.Options { HiddenSize = 16, Seed = 5 },
        new ContextAnomalyLabeler.Options { OutputColumnName = "Context" });

    [Theory]
    [MemberData(nameof(Filled))]
    public void A_round_trip_keeps_every_setting(object options)
    {
        Type type = options.GetType();
        type.GetConstructor([]).Should().NotBeNull("AutoML wants class, new()");

        foreach (JsonSerializerOptions form in new[] { AutoML, new JsonSerializerOptions() }) // names, and numbers
        {
            object back = JsonSerializer.Deserialize(JsonSerializer.Serialize(options, type, form), type, form)!;
            Settings(back).Should().BeEquivalentTo(Settings(options));
        }
    }

    [Theory]
    [InlineData("""{"PromptLength":12,"PromptLearningRate":0.05,"Pooling":"Max"}""")]
    [InlineData("""{"PromptLength":12,"PromptLearningRate":0.05,"Pooling":3}""")]
    public void What_is_not_named_keeps_its_default(string json)
    {
        var options = JsonSerializer.Deserialize<SoftPromptAnomalyTrainer.Options>(json, AutoML)!;

        options.PromptLength.Should().Be(12);
        options.PromptLearningRate.Should().Be(0.05);
        options.Pooling.Should().Be(SoftPromptPooling.Max);
        (options.MaxEpochs, options.HeadLearningRate, options.LabelColumnName).Should().Be((40, 0.01, "Label"));
    }

    [Fact]
    public void What_is_no_setting_stays_out()
    {
        string json = JsonSerializer.Serialize(new SoftPromptAnomalyTrainer.Options { Progress = new Told<TrainingProgress>(_ => { }) }, AutoML);

        json.Should().NotContain("Progress").And.NotContain("Cancellation").And.NotContain("\"Backbone\"").And.NotContain("InitializationModel");
    }

    private static Dictionary<string, object?> Settings(object options) => options.GetType().GetProperties()
        .Where(property => property.CanWrite && !property.IsDefined(typeof(JsonIgnoreAttribute), inherit: false)).ToDictionary(property => property.Name, property => property.GetValue(options));
}
