namespace Microsoft.ML.SoftPrompt.Tool.Tests;

/// <summary>Models trained once for all tests of the commands: labels a window, and labels a reading.</summary>
public sealed class TrainedModels : IDisposable
{
    private readonly Buffers _windows = new(), _points = new();

    public TrainedModels()
    {
        Data = _windows.Write("wave.csv", SyntheticSeries.Csv(400));
        Windows = _windows.Path("windows.zip");
        Points = _windows.Path("points.zip");
        WindowsExitCode = Application.Run([.. Arguments(Data, Windows), "--split", "60/20/20"], _windows.Console);
        PointsExitCode = Application.Run([.. Arguments(Data, Points), "--split", "60/0/40", "--points"], _points.Console);
    }

    public string Data { get; }

    public string Windows { get; }

    public string Points { get; }

    public int WindowsExitCode { get; }

    public int PointsExitCode { get; }

    public string WindowsOutput => _windows.Output;

    public string WindowsError => _windows.Error;

    public string PointsOutput => _points.Output;

    public string PointsError => _points.Error;

    public static string[] Arguments(string data, string model, int epochs = 3) =>
        ["train", "--data", data, "--model", model, "--window", "10", "--stride", "5", "--epochs", $"{epochs}", "--prompt-length", "4", "--backbone", TinyBackbone.Folder];

    public void Dispose()
    {
        _windows.Dispose();
        _points.Dispose();
    }
}

/// <summary>The commands' tests share the models, and run one after another since they share the scheduler.</summary>
[CollectionDefinition(Name)]
public sealed class CommandTests : ICollectionFixture<TrainedModels>
{
    public const string Name = "commands";
}
