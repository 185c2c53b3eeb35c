using System.CommandLine;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>`softprompt benchmark`: the paper's protocols on published data, every method beside simple controls, and the tables of it.</summary>
internal static class BenchmarkCommand
{
    public static Command Create(ToolConsole console, CancellationToken cancellation) =>
        new("benchmark", "Compares SPEAR with baselines and controls on published data, by the paper's protocols.")
        {
            BenchmarkRunCommand.Create("nab", "The AWS CloudWatch files of the Numenta Anomaly Benchmark, with both of its label files.", console, cancellation),
            BenchmarkRunCommand.Create("nasa", "NASA's SMAP telemetry, 54 streams, by default a stated draw of its windows.", console, cancellation),
            BenchmarkRunCommand.Create("mimic", "Laboratory values of the MIMIC-III and MIMIC-IV demos, which are never mixed.", console, cancellation),
            BenchmarkReportCommand.Create(console),
        };

    /// <summary>The data sets of a benchmark.</summary>
    public static IReadOnlyList<IBenchmarkSet> Open(MLContext ml, string benchmark, string folder, ToolConsole console)
    {
        // A folder each, since each set has the hash of its own files.
        DataFolder Data() => new(folder, console);
        return benchmark switch
        {
            "nab" => [new NabSet(ml, Data(), console)],
            "nasa" => [new NasaSet(ml, Data())],
            _ => [MimicSet.ReadIV(ml, Data()), MimicSet.ReadIII(ml, Data())],
        };
    }
}
