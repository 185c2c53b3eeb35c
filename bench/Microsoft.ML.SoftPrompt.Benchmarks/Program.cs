using Microsoft.ML.SoftPrompt.Benchmarks;

return args switch
{
    ["engine", .. string[] options] => EngineBenchmark.Run(options),
    ["labels", .. string[] options] => LabelsBenchmark.Run(options),
    ["prompt", .. string[] options] => PromptBenchmark.Run(options),
    ["metrics"] => MetricsBenchmark.Run(),
    ["memory", .. string[] options] => MemoryBenchmark.Run(options),
    ["precision", .. string[] paths] => PrecisionBenchmark.Run(paths),
    ["scoring"] => ScoringBenchmark.Run(),
    ["serve", .. string[] options] => await ServeBenchmark.Run(options),
    ["stream", .. string[] options] => StreamBenchmark.Run(options),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: dotnet run -c Release --project bench/Microsoft.ML.SoftPrompt.Benchmarks -- VERB");
    Console.Error.WriteLine("  engine [--peer FOLDER] [--ort FOLDER]");
    Console.Error.WriteLine("           the floors of this machine, and MiniLM's forward and backward passes against them");
    Console.Error.WriteLine("           --peer: in turn with PyTorch; FOLDER holds torch_peer.py and encoder.onnx (../shared/bench)");
    Console.Error.WriteLine("           --ort: in turn with ONNX Runtime; FOLDER is where npm installed onnxruntime-node");
    Console.Error.WriteLine("  labels [--peer]");
    Console.Error.WriteLine("           series labelled a second by LabelContextAnomalies; --peer: in turn with SciPy's loop over the splits");
    Console.Error.WriteLine("  prompt [PATH]");
    Console.Error.WriteLine("           a prompt in front of a decoder (SmolLM2 of ../shared/models), computed once a step and in every series");
    Console.Error.WriteLine("  memory   resident memory of training and scoring, and the time from the start of a process to its first score");
    Console.Error.WriteLine("  metrics  the volume under the surface (VUS) of series of several lengths, all windows together");
    Console.Error.WriteLine("  precision [PATH …]");
    Console.Error.WriteLine("           MiniLM and the models at the paths, each with its weights in every precision: error, memory, time");
    Console.Error.WriteLine("  scoring  a thousand windows through Transform and through a PredictionEngine");
    Console.Error.WriteLine("  serve [SECONDS]");
    Console.Error.WriteLine("           requests over sockets of the loopback: throughput beside Transform, latency at half load, and swaps of the model; SECONDS (10) each");
    Console.Error.WriteLine("  stream [--keys N] [--stride N] [--windows N]");
    Console.Error.WriteLine("           readings of 10,000 series through a streaming detector: rates, latency of an Add, memory a series");
    return 2;
}
