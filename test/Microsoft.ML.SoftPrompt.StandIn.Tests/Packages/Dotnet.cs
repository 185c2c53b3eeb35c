using System.Diagnostics;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Packages;

/// <summary>Runs the dotnet command, or a program that it made, and gives what it printed.</summary>
internal static class Dotnet
{
    /// <summary>Against hanging; a pack of the repository on a busy machine takes minutes.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static string Command => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    public static (int ExitCode, string Output) Run(string folder, IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        RunProgram(Command, folder, arguments, environment);

    public static (int ExitCode, string Output) RunProgram(string program, string folder, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        using Process process = Start(program, folder, arguments, environment);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {Limit.TotalMinutes} minutes.");
        }

        return (process.ExitCode, output.GetAwaiter().GetResult() + errors.GetAwaiter().GetResult());
    }

    /// <summary>Starts a program; what it prints has to be read.</summary>
    public static Process Start(string program, string folder, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        // Neither what the test run tells its own MSBuild nor nodes that outlive the test.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";

        return Process.Start(start)!;
    }
}
