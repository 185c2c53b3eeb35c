using System.CommandLine;
using System.Text.Json;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Tensors;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>`softprompt backbone inspect`: a model's files in, what they say out; fails where the model cannot be opened.</summary>
internal sealed class BackboneInspectCommand
{
    private const int NameWidth = 14;

    private static readonly JsonSerializerOptions s_format = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly ToolConsole _console;
    private readonly Argument<string?> _path = BackboneCommand.Path();
    private readonly Option<WeightPrecision?> _precision = CommonOptions.Precision("--precision");
    private readonly Option<bool> _json = new("--json") { Description = "Writes JSON instead of lines." };

    private BackboneInspectCommand(Command command, ToolConsole console)
    {
        _console = console;
        command.Add(_path);
        command.Add(_precision);
        command.Add(_json);
        command.SetAction(Run);
    }

    public static Command Create(ToolConsole console)
    {
        var command = new ExampleCommand(
            "inspect",
            "Says what a model is, its sizes on disk and in memory, and whether it is supported, and if not which field or tensor says so.",
            "softprompt backbone inspect models/bert-base-uncased");
        _ = new BackboneInspectCommand(command, console);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        BackboneDescription model = BackboneCommand.Inspect(parsed.GetValue(_path), parsed.GetValue(_precision) ?? WeightPrecision.Full);
        if (parsed.GetValue(_json))
            _console.Output.WriteLine(JsonSerializer.Serialize(model, s_format));
        else
            Write(model);
        if (model.Fault is null)
            return Application.Done;
        _console.Error.WriteLine($"error: {model.Fault}");
        return Application.Failed;
    }

    private void Write(BackboneDescription model)
    {
        _console.Output.WriteLine(BackboneCommand.Heading(model));
        Line("files", model.Location);
        Line("layers", Count(model.Layers));
        Line("hidden size", model.HiddenSize is null ? null : $"{Count(model.HiddenSize)}{(model.IntermediateSize is null ? "" : $", feed-forward {Count(model.IntermediateSize)}")}");
        Line("heads", model.Heads is null ? null : $"{Count(model.Heads)}{(model.KeyValueHeads is null ? "" : $", of keys and values {Count(model.KeyValueHeads)}")}");
        Line("positions", Count(model.MaxPositions));
        Line("vocabulary", Count(model.VocabularySize));
        Line("tokenizer", Tokenizer(model));
        Line("stored as", model.NumberTypes.Count == 0 ? null : string.Join(", ", model.NumberTypes.OrderByDescending(type => type.Value).Select(type => $"{type.Key} {Numbers.Count(type.Value)}")));
        Line("on disk", Bytes(model.FileBytes));
        Line("in memory", model.MemoryBytes is null ? null : $"about {Bytes(model.MemoryBytes)} in {CommonOptions.PrecisionName(model.Precision)} precision; training adds about {Bytes(model.TrainingBytes)}");
        Line("SHA-256", model.WeightsSha256);
        Line("supported", model.Fault is null ? "yes" : "no");
    }

    private static string Tokenizer(BackboneDescription model) => model.Tokenizer is null
        ? model.Fault is null ? "none (tokenizer.json, vocab.txt, or vocab.json with merges.txt): series cannot be written" : "not read"
        : $"{model.Tokenizer}; numerals 0 to {Count(model.WholeNumerals - 1)} are a piece each, with larger ones {(model.PadsDigits == true ? "every digit is one" : "of several pieces")}";

    private static string? Count(int? number) => number is { } count ? Numbers.Count(count) : null;

    private static string? Bytes(long? number) => number is { } count ? Numbers.Bytes(count) : null;

    private void Line(string name, string? text)
    {
        if (text is not null)
            _console.Output.WriteLine($"  {name.PadRight(NameWidth)}{text}");
    }
}
