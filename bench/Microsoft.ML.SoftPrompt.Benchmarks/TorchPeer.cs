using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>Runs torch_peer.py, PyTorch in single precision on two threads, with the settings that serve it best.</summary>
internal sealed partial class TorchPeer(string script)
{
    /// <summary>
    /// The script waits for a quiet machine, each time up to a minute, and times products of matrices first; here it takes its turn with
    /// the engine on the machine as it is, and only the encoder is of interest.
    /// </summary>
    private const string EncoderOnly =
        "import sys; s = open(sys.argv[1]).read().replace('tries=12', 'tries=1').replace('gemm(torch.float32); gemm(torch.bfloat16)', ''); " +
        "exec(compile(s, sys.argv[1], 'exec'))";

    private const string Python = "/usr/bin/python3";

    /// <summary>Gives the peer if it is asked for and there, and says so if it is not.</summary>
    public static TorchPeer? Find(string[] options)
    {
        int at = Array.IndexOf(options, "--peer");
        if (at < 0)
            return null;
        string script = Path.Combine(at + 1 < options.Length ? options[at + 1] : "../shared/bench", "torch_peer.py");
        string? missing = !File.Exists(script) ? $"there is no '{Path.GetFullPath(script)}'"
            : !File.Exists(Python) ? $"there is no {Python}"
            : Execute("-c", "import torch") is null ? $"{Python} has no module torch"
            : null;
        if (missing is null)
            return new TorchPeer(script);
        Console.WriteLine($"The peer is not available: {missing}.");
        return null;
    }

    /// <summary>Median milliseconds by what was timed.</summary>
    public IReadOnlyDictionary<string, double> Measure()
    {
        Dictionary<string, double> times = [];
        foreach (Match match in Line().Matches(Execute("-c", EncoderOnly, script) ?? ""))
        {
            string shape = $"B={match.Groups["batch"]} S={match.Groups["length"]}: ";
            times[shape + "forward"] = double.Parse(match.Groups["forward"].Value, CultureInfo.InvariantCulture);
            times[shape + "fwd+bwd"] = double.Parse(match.Groups["both"].Value, CultureInfo.InvariantCulture);
        }
        if (times.Count == 0)
            Console.WriteLine("The peer gave no timings.");
        return times;
    }

    private static string? Execute(params string[] arguments)
    {
        ProcessStartInfo start = new(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LD_LIBRARY_PATH"] = "/usr/lib/x86_64-linux-gnu/openblas-openmp";
        start.Environment["OMP_NUM_THREADS"] = "2";
        start.Environment["MALLOC_MMAP_THRESHOLD_"] = "4294967296";
        start.Environment["MALLOC_TRIM_THRESHOLD_"] = "8589934592";
        start.Environment["MALLOC_TOP_PAD_"] = "268435456";
        start.Environment["PEER_MODES"] = "fp32";
        // Some machines set it for other work; without it OpenBLAS takes the kernels made for the processor.
        start.Environment.Remove("OPENBLAS_CORETYPE");
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        _ = errors.Result;
        return process.ExitCode == 0 ? output : null;
    }

    [GeneratedRegex(@"\[fp32\] B=(?<batch>\d+) S=(?<length>\d+): forward (?<forward>[\d.]+) ms.*?fwd\+bwd (?<both>[\d.]+) ms")]
    private static partial Regex Line();
}
