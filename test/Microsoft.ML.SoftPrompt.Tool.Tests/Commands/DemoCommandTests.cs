namespace Microsoft.ML.SoftPrompt.Tool.Tests.Commands;

[Collection(CommandTests.Name)]
public sealed class DemoCommandTests
{
    private const int FirstRowTried = 760;

    [Fact]
    public void Finds_the_third_loss_and_leaves_model_scores_and_options() => FindsTheLoss(seed: 1);

    // Half a minute each on two cores.
    [Theory]
    [Trait("Category", "Long")]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Finds_it_with_other_seeds_too(int seed) => FindsTheLoss(seed);

    private static void FindsTheLoss(int seed)
    {
        using var buffers = new Buffers();
        string folder = buffers.Path("demo");

        Application.Run(["demo", "--out", folder, "--seed", $"{seed}"], buffers.Console).Should().Be(0, buffers.Error);

        string[] lines = File.ReadAllLines(Path.Join(folder, "scores.csv"));
        lines[0].Should().Be("timestamp,value,is_anomaly,PredictedLabel,Score,Probability");
        lines.Should().HaveCount(1 + 508);
        int[] flagged = lines.Skip(1).Select((line, i) => (Flag: line.Split(',')[3], Row: FirstRowTried + i)).Where(pair => pair.Flag == "1").Select(pair => pair.Row).ToArray();
        flagged.Count(row => row is >= 872 and <= 887).Should().BeGreaterThanOrEqualTo(12);
        flagged.Count(row => row is < 872 or > 887).Should().BeLessThanOrEqualTo(2);
        File.Exists(Path.Join(folder, "model.zip")).Should().BeTrue();
        File.ReadAllText(Path.Join(folder, "report.html")).Should().Contain("water-flow.csv: the 508 hours tried");
        File.ReadAllText(Path.Join(folder, "options.json")).Should().Contain("\"Window\": 24");
        // The lowest normal reading of the rows tried is 99.22, all sixteen of the loss lie below 99.
        buffers.Output.Should().Contain("\"flow below 99 l/s\"").And.Contain("finds 16 of the 16 rows with 0 others").And.Contain("docs/results.md").And.Contain("found ");
    }
}
