using System.CommandLine;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.MiniLM;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>`softprompt backbone`: what a language model is, and how fast it is here.</summary>
internal static class BackboneCommand
{
    public static Command Create(ToolConsole console, CancellationToken cancellation) => new("backbone", "Looks at a frozen language model: what it is, and how fast it is here.")
    {
        BackboneInspectCommand.Create(console),
        BackboneBenchmarkCommand.Create(console, cancellation),
    };

    /// <summary>The argument of both commands.</summary>
    public static Argument<string?> Path() => new("path")
    {
        Description = "Folder of a model in Hugging Face's form, or a GGUF file; all-MiniLM-L6-v2, built in, when not given.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>What a path leads to.</summary>
    public static BackboneDescription Inspect(string? path) => path is null ? MiniLMBackbone.Inspect() : Backbone.Inspect(path);

    /// <summary>Opens what a path leads to.</summary>
    public static IBackbone Open(string? path) => path is null ? MiniLMBackbone.Open() : Backbone.Open(path);

    /// <summary>The line above what is said of a model.</summary>
    public static string Heading(BackboneDescription model) =>
        $"{model.Name}: {model.Family ?? "family not stated"}{(model.Parameters is { } parameters ? $", {Numbers.Count(parameters)} parameters" : "")}";
}
