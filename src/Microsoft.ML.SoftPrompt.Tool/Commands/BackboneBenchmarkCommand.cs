using System.CommandLine;
using System.Globalization;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Tensors;
using Microsoft.ML.SoftPrompt.Tool.Models;
using Microsoft.ML.SoftPrompt.Tool.Output;
using Spectre.Console;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>`softprompt backbone benchmark`: how long a model takes here for a batch of series and for one.</summary>
internal sealed class BackboneBenchmarkCommand
{
    private readonly ToolConsole _console;
    private readonly CancellationToken _cancellation;
    private readonly Argument<string?> _path = BackboneCommand.Path();
    private readonly Option<int> _length = CommonOptions.Whole("--length", 100, "Positions of a series behind the prompt.");
    private readonly Option<int> _prompt = CommonOptions.Whole("--prompt-length", 20, "Rows of the prompt in front of every series.", smallest: 0);
    private readonly Option<int> _batch = CommonOptions.Whole("--batch-size", 32, "Series of a batch.");
    private readonly Option<int?> _threads = CommonOptions.Threads();

    private BackboneBenchmarkCommand(Command command, ToolConsole console, CancellationToken cancellation)
    {
        (_console, _cancellation) = (console, cancellation);
        command.Add(_path);
        foreach (Option option in new Option[] { _length, _prompt, _batch, _threads })
            command.Add(option);
        command.SetAction(Run);
    }

    public static Command Create(ToolConsole console, CancellationToken cancellation)
    {
        var command = new ExampleCommand(
            "benchmark",
            "Measures how long a model takes here: forward (scoring) and forward with backward (training), for a batch of series and for one.",
            "softprompt backbone benchmark models/bert-base-uncased --length 100 --prompt-length 20 --batch-size 32");
        _ = new BackboneBenchmarkCommand(command, console, cancellation);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string? path = parsed.GetValue(_path);
        (int length, int prompt, int batch) = (parsed.GetValue(_length), parsed.GetValue(_prompt), parsed.GetValue(_batch));
        if (parsed.GetValue(_threads) is { } threads)
            Scheduler.MaxThreads = threads;
        // What would be refused is told before gigabytes of weights are read.
        BackboneDescription description = BackboneCommand.Inspect(path);
        if (description.Fault is { } fault)
            throw new ToolException(fault);
        if (description.MaxPositions is { } positions && prompt + length > positions)
            throw new ToolException($"--length {length} behind --prompt-length {prompt} takes {prompt + length} positions; {description.Name} has {positions}. Choose fewer.");

        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("");
        foreach (string name in new[] { "milliseconds", "series/s", "positions/s" })
            table.AddColumn(new TableColumn(name).RightAligned());
        StepDisplay.Run(_console, step =>
        {
            step($"opening {description.Name}");
            IBackbone model = BackboneCommand.Open(path);
            (int Series, bool Backward)[] works = [(batch, false), (batch, true), (1, false), (1, true)];
            foreach ((int series, bool backward) in works.Distinct())
            {
                string work = $"{(backward ? "forward and backward" : "forward")}, {Numbers.Count(series)} series";
                step(work);
                TimeSpan time = new BackboneSpeed(model, series, length, prompt).Measure(backward, _cancellation);
                table.AddRow(work, Milliseconds(time), Rate(series, time), Rate((long)series * (prompt + length), time));
            }
        });
        _console.Output.WriteLine(BackboneCommand.Heading(description));
        _console.Output.WriteLine($"series of {length} positions behind a prompt of {prompt}; {Numbers.Count(Scheduler.MaxThreads, "thread", "threads")}; medians. Backward gives the gradient of the prompt.");
        _console.Tables.Write(table);
        return Application.Done;
    }

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString(time.TotalMilliseconds < 100 ? "0.00" : "0", CultureInfo.InvariantCulture);

    private static string Rate(long count, TimeSpan time) => (count / time.TotalSeconds).ToString("#,0.#", CultureInfo.InvariantCulture);
}
