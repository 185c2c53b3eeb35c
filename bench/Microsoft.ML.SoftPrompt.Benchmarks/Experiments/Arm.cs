using System.Text.Json.Serialization;

namespace Microsoft.ML.SoftPrompt.Benchmarks.Experiments;

/// <summary>What is trained: the prompt's worth is what the first has over the others.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Arm>))]
internal enum Arm
{
    /// <summary>Prompt and head.</summary>
    Trained,

    /// <summary>The head alone, behind a prompt that stays at its initial rows.</summary>
    Initial,

    /// <summary>The head alone, without a prompt.</summary>
    None,
}
