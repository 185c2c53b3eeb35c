namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Rows of a decoder's output matrix.</summary>
public class OutputRowTests
{
    [Theory]
    [InlineData("gpt2", 1)]
    [InlineData("llama", 1)]
    [InlineData("qwen2", 1)]
    [InlineData("gemma", 48)] // rows that enter the model are √d times those that its logits are made with
    [InlineData("gemma2", 48)]
    [InlineData("gemma3_text", 48)]
    public void They_are_the_embeddings_rows_unscaled(string family, int scaleSquared)
    {
        IBackbone model = Backbone.Open(Golden.PathOf("backbones/" + family));
        float[] entering = new float[model.HiddenSize], output = new float[model.HiddenSize];
        model.CopyTokenRow(7, entering);
        model.CopyOutputRow(7, output);
        GoldenCase.RelativeError([.. output.Select(component => component * MathF.Sqrt(scaleSquared))], entering).Should().BeLessThan(1e-6);
        Action outside = () => model.CopyOutputRow(model.VocabularySize, output);
        outside.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("roberta")]
    [InlineData("distilbert")]
    public void Encoders_have_none(string family)
    {
        IBackbone model = Backbone.Open(Golden.PathOf("backbones/" + family));
        Action copy = () => model.CopyOutputRow(7, new float[model.HiddenSize]);
        copy.Should().Throw<NotSupportedException>().WithMessage("*is an encoder*");
    }

    [Fact]
    public void An_implementation_that_does_not_say_has_none()
    {
        IBackbone own = new Training.MixingBackbone();
        Action copy = () => own.CopyOutputRow(7, new float[own.HiddenSize]);
        copy.Should().Throw<NotSupportedException>().WithMessage("The backbone 'mixing' does not say what its output matrix is*");
    }
}
