using System.Runtime.CompilerServices;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.MiniLM;
using Microsoft.ML.SoftPrompt.StandIn.Tests.Surface;

namespace Microsoft.ML.SoftPrompt.Tests;

/// <summary>What users can name, in an approved file: a change of it is seen in the change of the file.</summary>
public sealed class PublicSurfaceTests
{
    [Fact]
    public void The_public_surface_is_the_approved_one()
    {
        string approved = Path.Combine(Path.GetDirectoryName(ThisFile())!, "PublicSurface.approved.txt"), received = Path.ChangeExtension(approved, null)[..^".approved".Length] + ".received.txt";
        string[] found = new[] { typeof(IBackbone), typeof(SoftPromptAnomalyTrainer), typeof(MiniLMBackbone) }
            .SelectMany(type => type.Assembly.GetTypes().Where(ApiLine.IsVisible))
            .SelectMany(type => ApiLine.VisibleMembers(type).Select(ApiLine.Of).Prepend(ApiLine.Of(type))).Distinct().Order(StringComparer.Ordinal).ToArray();
        string[] expected = File.Exists(approved) ? File.ReadAllLines(approved) : [];
        if (!found.SequenceEqual(expected))
            File.WriteAllLines(received, found);

        found.Should().Equal(expected, "the public surface changed; where that is meant, put {0} in the place of {1}", Path.GetFileName(received), Path.GetFileName(approved));
    }

    [Theory]
    [InlineData("QuantizingEstimator")]
    [InlineData("QuantizingTransformer")]
    [InlineData("ContextAnomalyLabeler")]
    [InlineData("ContextAnomalyLabelingTransformer")]
    [InlineData("SoftPromptAnomalyTrainer")]
    [InlineData("SoftPromptAnomalyTransformer")]
    [InlineData("SoftPromptModelParameters")]
    [InlineData("LstmAnomalyTrainer")]
    [InlineData("LstmAnomalyTransformer")]
    [InlineData("LstmModelParameters")]
    [InlineData("TSmoteBalancer")]
    [InlineData("TSmoteBalancingTransformer")]
    [InlineData("SoftPromptSweep")]
    [InlineData("SweepResult")]
    public void The_types_of_the_stages_are_sealed_and_made_by_the_catalog_alone(string name)
    {
        var type = typeof(SoftPromptAnomalyTrainer).Assembly.GetType("Microsoft.ML.SoftPrompt." + name, throwOnError: true)!;

        type.IsSealed.Should().BeTrue();
        type.GetConstructors().Should().BeEmpty();
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
