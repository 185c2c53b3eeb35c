using System.Runtime.CompilerServices;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.MiniLM;

namespace Microsoft.ML.SoftPrompt.Tests;

/// <summary>What users can name, in an approved file: a change of it is seen in the change of the file.</summary>
public sealed class PublicSurfaceTests
{
    [Fact]
    public void The_public_surface_is_the_approved_one() =>
        PublicSurface.ShouldBeApproved(Path.GetDirectoryName(ThisFile())!, typeof(IBackbone), typeof(SoftPromptAnomalyTrainer), typeof(MiniLMBackbone));

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
