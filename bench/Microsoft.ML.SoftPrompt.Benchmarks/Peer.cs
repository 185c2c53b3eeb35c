using System.Diagnostics;
using System.Globalization;

namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>
/// Another engine in a process of its own, which times the encoder of MiniLM's shape when it is asked to, so that it and the engine take
/// turns within one run.
/// </summary>
internal sealed class Peer : IDisposable
{
    private const int Threads = 2;

    private static readonly Dictionary<string, string?> TorchSettings = new()
    {
        ["LD_LIBRARY_PATH"] = "/usr/lib/x86_64-linux-gnu/openblas-openmp",
        ["OMP_NUM_THREADS"] = $"{Threads}",
        ["MALLOC_MMAP_THRESHOLD_"] = "4294967296",
        ["MALLOC_TRIM_THRESHOLD_"] = "8589934592",
        ["MALLOC_TOP_PAD_"] = "268435456",
        // Some machines set it for other work; without it OpenBLAS takes the kernels made for the processor.
        ["OPENBLAS_CORETYPE"] = null,
    };

    private readonly Process _process;

    private Peer(string name, bool hasBackward, Process process)
    {
        Name = name;
        HasBackward = hasBackward;
        _process = process;
    }

    public string Name { get; }

    public bool HasBackward { get; }

    /// <summary>Starts PyTorch and ONNX Runtime, as far as they are asked for and there; says what is not.</summary>
    /// <param name="options"><c>--peer FOLDER</c> with torch_peer.py and encoder.onnx; <c>--ort FOLDER</c> with the npm package onnxruntime-node.</param>
    public static IReadOnlyList<Peer> StartAll(string[] options)
    {
        List<Peer> peers = [];
        if (Value(options, "--peer") is { } folder)
        {
            string script = Path.GetFullPath(Path.Combine(folder, "torch_peer.py"));
            Add(peers, "PyTorch", true, Python.Missing(script, "torch"), Python.Path, Environment.CurrentDirectory, TorchSettings, Script("torch_encoder.py"), script);
        }
        if (Value(options, "--ort") is { } modules)
        {
            string model = Path.GetFullPath(Path.Combine(Value(options, "--peer") ?? "../shared/bench", "encoder.onnx"));
            string package = Path.Combine(modules, "node_modules", "onnxruntime-node");
            string? missing = !File.Exists(model) ? $"there is no '{model}'" : !Directory.Exists(package) ? $"there is no '{Path.GetFullPath(package)}'; npm install --ignore-scripts onnxruntime-node there" : null;
            Add(peers, "ONNX Runtime", false, missing, "node", modules, [], Script("ort_encoder.mjs"), model, $"{Threads}");
        }
        return peers;
    }

    /// <summary>The median milliseconds of some runs, after a first one.</summary>
    public double Measure(bool backward, int batch, int length, int runs)
    {
        _process.StandardInput.WriteLine(FormattableString.Invariant($"{(backward ? "backward" : "forward")} {batch} {length} {runs}"));
        string? answer = _process.StandardOutput.ReadLine();
        return double.TryParse(answer, CultureInfo.InvariantCulture, out double time) ? time : throw new InvalidOperationException($"{Name} answered '{answer}'.");
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
            _process.Kill();
        _process.Dispose();
    }

    private static void Add(List<Peer> peers, string name, bool hasBackward, string? missing, string program, string folder, Dictionary<string, string?> settings, params string[] arguments)
    {
        if (missing is not null)
        {
            Console.WriteLine($"{name} is not available: {missing}.");
            return;
        }
        ProcessStartInfo start = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach ((string key, string? value) in settings)
            start.Environment[key] = value;
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string? line;
        while ((line = process.StandardOutput.ReadLine()) is not null && !line.StartsWith("ready", StringComparison.Ordinal))
        {
        }
        if (line is null)
            Console.WriteLine($"{name} did not start.");
        else
            peers.Add(new Peer(name, hasBackward, process));
    }

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "peers", name);

    private static string? Value(string[] options, string name)
    {
        int at = Array.IndexOf(options, name);
        return at >= 0 && at + 1 < options.Length ? options[at + 1] : null;
    }
}
