using System.CommandLine;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Check;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>`softprompt data check`: which of the benchmarks' data sets a folder has, whole.</summary>
internal sealed class DataCommand
{
    // Of a set that is not there at all, every file is missing, and the first few say it.
    private const int ToldFiles = 5;

    private readonly ToolConsole _console;
    private readonly CancellationToken _cancellation;
    private readonly Argument<string> _folder = new("folder") { Description = "Folder of the published data sets, with nab, nasa and mimic in it." };

    private DataCommand(Command command, ToolConsole console, CancellationToken cancellation)
    {
        (_console, _cancellation) = (console, cancellation);
        command.Add(_folder);
        command.SetAction(Check);
    }

    public static Command Create(ToolConsole console, CancellationToken cancellation)
    {
        var check = new ExampleCommand("check", "Says which of the benchmarks' data sets a folder has, whole, and where the others are published.", "softprompt data check ../shared/data");
        _ = new DataCommand(check, console, cancellation);
        return new Command("data", "Looks at the data of the benchmarks.") { check };
    }

    private int Check(ParseResult parsed)
    {
        string folder = parsed.GetRequiredValue(_folder);
        if (!Directory.Exists(folder))
            throw new ToolException($"There is no folder '{folder}'.");
        bool whole = true;
        foreach (PublishedSet set in PublishedSet.All())
        {
            var faults = new List<string>();
            foreach (PublishedFile file in set.Files)
            {
                _cancellation.ThrowIfCancellationRequested();
                if (file.Fault(folder) is { } fault)
                    faults.Add($"{file.Path} {fault}");
            }
            whole &= faults.Count == 0;
            int rows = set.Files.Sum(file => file.Rows ?? 0);
            _console.Output.WriteLine($"{set.Name}: {(faults.Count == 0 ? "whole" : $"{Numbers.Count(set.Files.Count - faults.Count)} of {Numbers.Count(set.Files.Count)} files as published")}; "
                + $"{set.Title}, {Numbers.Count(set.Files.Count, "file", "files")}, {Numbers.Count(rows)} rows");
            foreach (string fault in faults.Take(ToldFiles))
                _console.Output.WriteLine($"  {fault}");
            if (faults.Count > ToldFiles)
                _console.Output.WriteLine($"  and {Numbers.Count(faults.Count - ToldFiles)} more");
            _console.Output.WriteLine($"  published at {set.Published}; licence: {set.Licence}");
            if (faults.Count > 0)
                _console.Output.WriteLine($"  form: {set.Form}");
        }
        return whole ? Application.Done : Application.Failed;
    }
}
