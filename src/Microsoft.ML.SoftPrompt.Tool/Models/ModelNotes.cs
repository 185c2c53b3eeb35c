using System.Text.Json;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>What the tool needs to know about a model it trained: an entry of its own in the model's zip, which ML.NET ignores.</summary>
internal sealed record ModelNotes(TrainingSettings Settings, SeriesColumns Columns, ControlNotes Controls)
{
    public const string EntryName = "softprompt.json";

    // A note grows with the number of groups only; 100,000 of them fit. Anything larger is not ours and would only fill the memory.
    public const long MaxBytes = 16 << 20;

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, AllowDuplicateProperties = false, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Format);

    /// <exception cref="JsonException">Not such a note.</exception>
    public static ModelNotes FromJson(ReadOnlySpan<byte> json)
    {
        ModelNotes notes = JsonSerializer.Deserialize<ModelNotes>(json, Format) ?? throw new JsonException("The note is null.");
        TrainingSettings settings = notes.Settings;
        if (settings is not { Window: >= 1, Stride: >= 1 })
            throw new JsonException($"Window {settings.Window} and stride {settings.Stride} have to be at least 1.");
        if (!Enum.IsDefined(settings.Scale))
            throw new JsonException($"The scale {settings.Scale} is unknown.");
        foreach (Spread? spread in notes.Controls.Groups.Values.Append(notes.Controls.Whole))
            if (spread is null || !(double.IsFinite(spread.Mean) && spread.Deviation >= 0 && double.IsFinite(spread.Deviation)))
                throw new JsonException($"The controls have the scale {spread?.ToString() ?? "null"}; expected a mean and a deviation of at least 0, both finite.");
        if (!double.IsFinite(notes.Controls.ZScoreThreshold) || !double.IsFinite(notes.Controls.JumpThreshold))
            throw new JsonException($"The controls have the thresholds {notes.Controls.ZScoreThreshold} and {notes.Controls.JumpThreshold}; expected finite numbers.");
        try
        {
            SeriesSplit.Parse(settings.Split);
        }
        catch (FormatException fault)
        {
            throw new JsonException(fault.Message, fault);
        }
        return notes;
    }
}
