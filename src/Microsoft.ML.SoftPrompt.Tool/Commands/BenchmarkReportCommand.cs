using System.CommandLine;
using System.Text;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Results;
using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>`softprompt benchmark report`: results files in, a page of tables out.</summary>
internal sealed class BenchmarkReportCommand
{
    private readonly ToolConsole _console;
    private readonly Option<string[]> _results = new("--results")
    {
        Description = "Results files, or patterns such as \"benchmark-*.jsonl\"; what several processes did goes into the same tables.",
        HelpName = "file.jsonl",
        Required = true,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string> _out = new("--out") { Description = "The page; figures go into the folder images beside it. Of a page that is there, what stands outside the marks of this command is kept.", HelpName = "results.md", Required = true };
    private readonly Option<bool> _quick = new("--quick") { Description = "Report the cells of quick runs, which are left out otherwise." };

    private BenchmarkReportCommand(Command command, ToolConsole console)
    {
        _console = console;
        foreach (Option option in new Option[] { _results, _out, _quick })
            command.Add(option);
        command.SetAction(Run);
    }

    public static Command Create(ToolConsole console)
    {
        var command = new ExampleCommand("report", "Writes the tables and figures of finished cells, beside the paper's, into a page in Markdown.", "softprompt benchmark report --results \"benchmark-*.jsonl\" --out docs/results.md");
        _ = new BenchmarkReportCommand(command, console);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(_out);
        using var file = new AtomicFile(path);
        bool quick = parsed.GetValue(_quick);
        BenchmarkCell[] all = [.. InputFiles.Resolve(parsed.GetRequiredValue(_results)).SelectMany(input => ResultsFile.Read(input.Path ?? throw new ToolException("Results are read from files; standard input is none."), _console))];
        BenchmarkCell[] asked = [.. all.Where(cell => cell.IsQuick == quick)];
        if (asked.Length < all.Length)
            _console.Error.WriteLine($"{Numbers.Count(all.Length - asked.Length, "cell", "cells")} of {(quick ? "whole" : "quick")} runs left out");
        IReadOnlyList<BenchmarkCell> cells = OneOfEach(asked);
        if (cells.Count == 0)
            throw new ToolException($"There is no cell to report{(all.Length > 0 && !quick ? "; the files hold cells of quick runs, which --quick reports" : "")}.");
        (string text, IReadOnlyList<ResultsFigure> figures) = ResultsPage.Write(cells);
        string page = ResultsPage.Insert(File.Exists(path) ? File.ReadAllText(path) : null, text);
        foreach (ResultsFigure figure in figures)
            Save(Path.Join(Path.GetDirectoryName(file.Destination), figure.Path), figure.Svg);
        file.Stream.Write(Encoding.UTF8.GetBytes(page));
        file.Commit();
        _console.Output.WriteLine($"{Numbers.Count(cells.Count, "cell", "cells")} and {Numbers.Count(figures.Count, "figure", "figures")} in {path}");
        return Application.Done;
    }

    private static void Save(string path, string svg)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = new AtomicFile(path);
        file.Stream.Write(Encoding.UTF8.GetBytes(svg));
        file.Commit();
    }

    /// <summary>A cell that was done by several versions, or twice, counts once: the one that was finished last.</summary>
    private IReadOnlyList<BenchmarkCell> OneOfEach(BenchmarkCell[] cells)
    {
        foreach (var set in cells.GroupBy(cell => cell.Set))
        {
            if (set.Select(cell => (cell.Version, cell.DataHash)).Distinct().Count() > 1)
                _console.Warn($"{set.Key}: cells of {string.Join(" and ", set.CountBy(cell => $"version {cell.Version} on the data {cell.DataHash}").Select(one => $"{one.Key} ({one.Value})"))} go into the same tables, and the page says so.");
        }
        var once = cells.GroupBy(cell => BenchmarkCell.KeyOf(cell.Set, cell.Task, cell.Method, cell.Settings, cell.Seed, cell.TrainedOn, cell.IsQuick, "", "")).Select(same => same.MaxBy(cell => cell.Finished)!).ToArray();
        if (once.Length < cells.Length)
            _console.Warn($"{Numbers.Count(cells.Length - once.Length, "cell is", "cells are")} there more than once; the one that was finished last counts.");
        return once;
    }
}
