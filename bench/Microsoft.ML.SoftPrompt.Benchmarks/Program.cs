using Microsoft.ML.SoftPrompt.Benchmarks;

return args switch
{
    ["engine", .. string[] options] => EngineBenchmark.Run(options),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: dotnet run -c Release --project bench/Microsoft.ML.SoftPrompt.Benchmarks -- engine [--peer [FOLDER]]");
    Console.Error.WriteLine("  engine   matrix-product peak of this machine, and MiniLM's forward and backward passes");
    Console.Error.WriteLine("           --peer: in turn with PyTorch; FOLDER holds torch_peer.py (default ../shared/bench)");
    return 2;
}
