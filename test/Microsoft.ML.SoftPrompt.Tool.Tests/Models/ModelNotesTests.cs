using System.Text.Json;
using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Models;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Models;

public sealed class ModelNotesTests
{
    [Fact]
    public void Come_back_as_they_were_written()
    {
        var notes = new ModelNotes(
            new TrainingSettings { Window = 24, Stride = 4, PointLabels = true, Scale = SeriesScale.All, Seed = 3, Split = "60/20/20" },
            new SeriesColumns("flow", "timestamp"),
            new ControlNotes(new Spread(1.5, 2.25), new Dictionary<string, Spread> { ["a.csv"] = new(3, 4) }, false, double.MaxValue, 0.1, true));

        ModelNotes.FromJson(notes.ToJson()).Should().BeEquivalentTo(notes);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"Settings\":{\"Window\":0},\"Columns\":{\"Value\":\"v\"},\"Controls\":{\"Whole\":{\"Mean\":0,\"Deviation\":1},\"Groups\":{},\"MostAreAnomalous\":false,\"ZScoreThreshold\":0,\"JumpThreshold\":0,\"ChosenOnValidation\":false}}")]
    public void Other_notes_are_refused(string json) =>
        FluentActions.Invoking(() => ModelNotes.FromJson(System.Text.Encoding.UTF8.GetBytes(json))).Should().Throw<JsonException>();
}
