using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Tests.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Balancing;

/// <summary>Nothing of the rows that validate is trained on, and nothing that was made validates: seen from the language model's side.</summary>
public sealed class CleanValidationTests
{
    private const int Epochs = 3;
    private const float Marker = 9;
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(null, 0.7)]
    [InlineData("Host", 1.0)]
    public void A_marker_in_the_rows_that_validate_leaves_no_trace_in_training(string? samplingKey, double ratio)
    {
        var windows = ToySeries.Windows(75);
        var balancing = new TSmoteBalancer.Options { SamplingKeyColumnName = samplingKey, TargetRatio = ratio, Seed = 6 };
        bool[] isValidation = HeldOut(windows, balancing);
        foreach (var (window, heldOut) in windows.Zip(isValidation))
            if (heldOut)
                window.Series = window.Series.Select((value, t) => t % 2 == 0 ? Marker : value).ToArray();
        var backbone = new RecordingBackbone(Backbone.Open(TinyBackbone.Folder));
        var options = ToySeries.Options(Epochs);
        (options.BackbonePath, options.Backbone, options.SamplingKeyColumnName) = (null, backbone, samplingKey);

        var view = _ml.Data.LoadFromEnumerable(windows);
        _ml.Transforms.BalanceTSmote(balancing).Append(_ml.Transforms.QuantizeSeries("Tokens", "Series", binCount: 100)).Append(_ml.AnomalyDetection.Trainers.SoftPrompt(options)).Fit(view);

        // Values up to 1 are in bins 0 to 11 of 100 over 0 to 9, the marker is in bin 99; a series between a marked one and another would lie in between.
        int[] small = Enumerable.Range(0, 12).Select(bin => backbone.EncodeNumeral(bin, 99).Single()).ToArray();
        backbone.Trained.SelectMany(Tokens).Distinct().Should().BeSubsetOf(small);
        int anomalous = windows.Where((w, i) => !isValidation[i] && w.Label).Count(), normal = windows.Where((w, i) => !isValidation[i] && !w.Label).Count();
        int balanced = normal + (int)Math.Round(ratio * normal, MidpointRounding.AwayFromZero);
        balanced.Should().BeGreaterThan(anomalous + normal);
        backbone.Trained.Should().HaveCount(Epochs * balanced, "each epoch trains on the normal rows and as many anomalous ones as were asked for");

        int markerToken = backbone.EncodeNumeral(99, 99).Single();
        int validation = isValidation.Count(heldOut => heldOut);
        backbone.Validated.Should().HaveCount(Epochs * validation).And.OnlyContain(series => Tokens(series).Where((_, t) => t % 2 == 0).All(token => token == markerToken), "all rows that validate are the data's own, and no others do");
        backbone.Validated.Distinct().Should().HaveCount(validation);
    }

    private bool[] HeldOut(Window[] windows, TSmoteBalancer.Options options)
    {
        var view = _ml.Data.LoadFromEnumerable(windows);
        return _ml.Transforms.BalanceTSmote(options).Fit(view).Balance(view).GetColumn<bool>("IsValidation").Take(windows.Length).ToArray();
    }

    private static IEnumerable<int> Tokens(string series) => series.Split(' ').Select(int.Parse);
}
