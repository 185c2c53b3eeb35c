using Microsoft.ML.SoftPrompt.Benchmarks;

return args switch
{
    ["engine", .. string[] options] => EngineBenchmark.Run(options),
    ["labels", .. string[] options] => LabelsBenchmark.Run(options),
    ["scoring"] => ScoringBenchmark.Run(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: dotnet run -c Release --project bench/Microsoft.ML.SoftPrompt.Benchmarks -- VERB");
    Console.Error.WriteLine("  engine [--peer [FOLDER]]");
    Console.Error.WriteLine("           matrix-product peak of this machine, and MiniLM's forward and backward passes");
    Console.Error.WriteLine("           --peer: in turn with PyTorch; FOLDER holds torch_peer.py (default ../shared/bench)");
    Console.Error.WriteLine("  labels [--peer]");
    Console.Error.WriteLine("           series labelled a second by LabelContextAnomalies; --peer: in turn with SciPy's loop over the splits");
    Console.Error.WriteLine("  scoring  a thousand windows through Transform and through a PredictionEngine");
    return 2;
}
