using System.Text.Json;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>What the tool needs to know about a model it trained: an entry of its own in the model's zip, which ML.NET ignores.</summary>
internal sealed record ModelNotes(TrainingSettings Settings, SeriesColumns Columns, ControlNotes Controls)
{
    public const string EntryName = "softprompt.json";

    // A note grows with the number of groups only; 100,000 of them fit. Anything larger is not ours and would only fill the memory.
    public const long MaxBytes = 16 << 20;

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Format);

    /// <exception cref="JsonException">Not such a note.</exception>
    public static ModelNotes FromJson(ReadOnlySpan<byte> json)
    {
        ModelNotes notes = JsonSerializer.Deserialize<ModelNotes>(json, Format) ?? throw new JsonException("The note is null.");
        return notes.Settings is { Window: >= 1, Stride: >= 1 }
            ? notes
            : throw new JsonException($"Window {notes.Settings.Window} and stride {notes.Settings.Stride} have to be at least 1.");
    }
}
