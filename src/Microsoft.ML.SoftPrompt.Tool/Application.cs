using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Microsoft.ML.SoftPrompt.Tool.Commands;

namespace Microsoft.ML.SoftPrompt.Tool;

/// <summary>The whole program but for its process: arguments in, an exit code out.</summary>
internal static class Application
{
    public const int Done = 0, Failed = 1, WrongUsage = 2;

    public static int Run(string[] args, ToolConsole console, CancellationToken cancellation = default)
    {
        ParseResult parsed = Root(console, cancellation).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var configuration = new InvocationConfiguration { Output = console.Output, Error = console.Error, EnableDefaultExceptionHandler = false };
        if (parsed.Action is ParseErrorAction)
        {
            foreach (string message in parsed.Errors.Select(error => error.Message).Distinct())
                console.Error.WriteLine($"error: {message}");
            console.Error.WriteLine($"See: {CommandLine(parsed.CommandResult.Command)} --help");
            return WrongUsage;
        }
        try
        {
            return parsed.Invoke(configuration);
        }
        catch (OperationCanceledException)
        {
            console.Error.WriteLine("cancelled");
            return Failed;
        }
        catch (Exception fault)
        {
            console.Error.WriteLine($"error: {Faults.Shortened(Faults.Message(fault))}");
            return Failed;
        }
    }

    private static RootCommand Root(ToolConsole console, CancellationToken cancellation)
    {
        var root = new RootCommand("Anomaly detection in time series with soft prompts in front of a frozen language model (SPEAR).")
        {
            TrainCommand.Create(console, cancellation),
            SweepCommand.Create(console, cancellation),
            ScoreCommand.Create(console, cancellation),
            EvaluateCommand.Create(console, cancellation),
            ExplainCommand.Create(console, cancellation),
            WatchCommand.Create(console, cancellation),
            LabelCommand.Create(console, cancellation),
            ServeCommand.Create(console, cancellation),
            BackboneCommand.Create(console, cancellation),
            BenchmarkCommand.Create(console, cancellation),
            DataCommand.Create(console, cancellation),
            DemoCommand.Create(console, cancellation),
        };
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExample((HelpAction)help.Action!);
        return root;
    }

    private static string CommandLine(Command command) =>
        command is RootCommand ? "softprompt" : $"{CommandLine(command.Parents.OfType<Command>().Single())} {command.Name}";
}
