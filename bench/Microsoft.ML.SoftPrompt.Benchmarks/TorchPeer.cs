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

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["LD_LIBRARY_PATH"] = "/usr/lib/x86_64-linux-gnu/openblas-openmp",
        ["OMP_NUM_THREADS"] = "2",
        ["MALLOC_MMAP_THRESHOLD_"] = "4294967296",
        ["MALLOC_TRIM_THRESHOLD_"] = "8589934592",
        ["MALLOC_TOP_PAD_"] = "268435456",
        ["PEER_MODES"] = "fp32",
        // Some machines set it for other work; without it OpenBLAS takes the kernels made for the processor.
        ["OPENBLAS_CORETYPE"] = null,
    };

    /// <summary>Gives the peer if it is asked for and there, and says so if it is not.</summary>
    public static TorchPeer? Find(string[] options)
    {
        int at = Array.IndexOf(options, "--peer");
        if (at < 0)
            return null;
        string script = Path.Combine(at + 1 < options.Length ? options[at + 1] : "../shared/bench", "torch_peer.py");
        string? missing = Python.Missing(script, "torch");
        if (missing is null)
            return new TorchPeer(script);
        Console.WriteLine($"The peer is not available: {missing}.");
        return null;
    }

    /// <summary>Median milliseconds by what was timed.</summary>
    public IReadOnlyDictionary<string, double> Measure()
    {
        Dictionary<string, double> times = [];
        foreach (Match match in Line().Matches(Python.Execute(Settings, "-c", EncoderOnly, script) ?? ""))
        {
            string shape = $"B={match.Groups["batch"]} S={match.Groups["length"]}: ";
            times[shape + "forward"] = double.Parse(match.Groups["forward"].Value, CultureInfo.InvariantCulture);
            times[shape + "fwd+bwd"] = double.Parse(match.Groups["both"].Value, CultureInfo.InvariantCulture);
        }
        if (times.Count == 0)
            Console.WriteLine("The peer gave no timings.");
        return times;
    }

    [GeneratedRegex(@"\[fp32\] B=(?<batch>\d+) S=(?<length>\d+): forward (?<forward>[\d.]+) ms.*?fwd\+bwd (?<both>[\d.]+) ms")]
    private static partial Regex Line();
}
