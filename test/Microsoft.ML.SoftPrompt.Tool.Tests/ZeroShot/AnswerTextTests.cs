using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.SoftPrompt.Tool.ZeroShot;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.ZeroShot;

public class AnswerTextTests
{
    [Theory]
    [InlineData("""{"probability": 0.85}""", 0.85)]
    [InlineData("""{"probability": "0.85"}""", 0.85)]
    [InlineData("""{"probability": 1, "reason": "a spike {at} 7"}""", 1)]
    [InlineData("```json\n{\"probability\": 0.2}\n```", 0.2)]
    [InlineData("Here it is: {\"probability\": 0.2}. Anything else?", 0.2)]
    [InlineData("<think>maybe {0.9}? yes.</think>\n{\"probability\": 0.3}", 0.3)]
    [InlineData("""{"anomaly": true}""", 1)]
    [InlineData("""{"is_anomaly": "no"}""", 0)]
    [InlineData("""{"answer": "no", "probability": 0.7}""", 0.7)]
    [InlineData("0.4", 0.4)]
    [InlineData(" 1e-3\n", 0.001)]
    [InlineData("85%", 0.85)]
    [InlineData("12.5 %", 0.125)]
    [InlineData("Yes", 1)]
    [InlineData("**No**", 0)]
    [InlineData("yes, there is a spike", 1)]
    [InlineData("No. All values are alike.", 0)]
    [InlineData("```\nyes\n```", 1)]
    public void A_clear_answer_is_read(string text, double probability) => AnswerText.Read(text).Should().BeApproximately(probability, 1e-12);

    [Theory]
    [InlineData("")]
    [InlineData("I cannot say.")]
    [InlineData("No doubt this is an anomaly")]
    [InlineData("yes and no")]
    [InlineData("85")]
    [InlineData("-0.1")]
    [InlineData("NaN")]
    [InlineData("∞")]
    [InlineData("150%")]
    [InlineData("""{"probability": 1.2}""")]
    [InlineData("""{"probability": 1e999}""")]
    [InlineData("""{"probability": null}""")]
    [InlineData("""{"probability": "high"}""")]
    [InlineData("""{"probability": [0.5]}""")]
    [InlineData("""{"confidence": 0.5}""")]
    [InlineData("""{"probability": "\ud800"}""")]
    [InlineData("""{"probability": 0.5""")]
    [InlineData("""{"probability": 0.1} or {"probability": 0.9}""")]
    [InlineData("} {")]
    [InlineData("``````")]
    [InlineData("```")]
    [InlineData("<think>yes")]
    [InlineData("<think>perhaps {\"probability\": 0.3}, but then")]
    [InlineData("<THINK>\n0.3")]
    [InlineData("<think>no</think><think>rather {\"probability\": 0.3}")]
    public void Anything_else_is_no_answer(string text) => AnswerText.Read(text).Should().BeNull();

    [Fact]
    public void Whatever_a_model_says_is_a_probability_or_nothing()
    {
        // Words that come close to an answer, in any order.
        Gen<string> part = Gen.OneOf(
            Gen.Elements("{", "}", "\"probability\"", ":", "0.5", "2", "yes", "no", "```", "<think>", "</think>", "%", ",", " ", "\n", "\"", "\\ud800", "null", "true"),
            ArbMap.Default.GeneratorFor<string>().Where(text => text is not null));
        Prop.ForAll(Gen.ListOf(part).Select(parts => string.Concat(parts)).ToArbitrary(), text => AnswerText.Read(text) is null or (>= 0 and <= 1))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }
}
