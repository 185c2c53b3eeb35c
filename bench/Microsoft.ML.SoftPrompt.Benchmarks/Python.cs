using System.Diagnostics;

namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>The system's Python, in which the peers run.</summary>
internal static class Python
{
    public const string Path = "/usr/bin/python3";

    /// <summary>Why a peer cannot run; null where its script and module are there.</summary>
    public static string? Missing(string script, string module) =>
        !File.Exists(script) ? $"there is no '{System.IO.Path.GetFullPath(script)}'"
        : !File.Exists(Path) ? $"there is no {Path}"
        : Execute(null, "-c", $"import {module}") is null ? $"{Path} has no module {module}"
        : null;

    /// <summary>What a program prints; null where it fails.</summary>
    public static string? Execute(IReadOnlyDictionary<string, string?>? environment, params string[] arguments)
    {
        ProcessStartInfo start = new(Path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        _ = errors.Result;
        return process.ExitCode == 0 ? output : null;
    }
}
