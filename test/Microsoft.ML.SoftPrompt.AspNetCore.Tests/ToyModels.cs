namespace Microsoft.ML.SoftPrompt.AspNetCore.Tests;

/// <summary>Models that are trained in a moment: windows with a stretch of high values are anomalous.</summary>
public sealed class ToyModels : IDisposable
{
    public const int Window = 12;

    private readonly string _folder = Directory.CreateTempSubdirectory("softprompt-serving-").FullName;

    public ToyModels()
    {
        Windows = Save("windows.zip", seed: 1);
        Other = Save("other.zip", seed: 2);
        Points = Save("points.zip", seed: 1, points: true);
    }

    /// <summary>Gets the path of a model with the groups a, b and c that labels windows of 12 readings.</summary>
    public string Windows { get; }

    /// <summary>Gets the path of a model like <see cref="Windows"/> of other training data.</summary>
    public string Other { get; }

    /// <summary>Gets the path of a model without groups that labels every reading.</summary>
    public string Points { get; }

    public static string[] Groups { get; } = ["a", "b", "c"];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A series with a stretch of high values in every thirty.</summary>
    public static float[] Series(int count, int seed = 1)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(t => random.NextSingle() * 0.5f + (t % 30 is >= 15 and < 20 ? 0.5f : 0)).ToArray();
    }

    private string Save(string name, int seed, bool points = false)
    {
        var ml = new MLContext(seed: 1);
        float[] values = Series(36 * Window / 2, seed);
        IDataView readings = ml.Data.LoadFromEnumerable(values.Select((value, t) => new Row { Host = Groups[t * 3 / values.Length], Value = value, IsAnomaly = value > 0.5f }));
        IDataView windows = ml.Data.WindowSeries(readings, new WindowSeriesOptions
        {
            OutputColumnName = "Series", InputColumnName = "Value", LabelColumnName = "IsAnomaly", OutputLabelColumnName = "Label",
            GroupColumnName = "Host", WindowSize = Window, Stride = 6, PointLabels = points,
        });
        ITransformer model = ml.Transforms.QuantizeSeries("Tokens", "Series", binCount: 20, groupColumnName: points ? null : "Host")
            .Append(ml.AnomalyDetection.Trainers.SoftPrompt(new SoftPromptAnomalyTrainer.Options { FeatureColumnName = "Tokens", BackbonePath = TinyBackbone.Folder, PromptLength = 4, MaxEpochs = 4, BatchSize = 8, Seed = 1 }))
            .Fit(windows);
        string path = Path.Combine(_folder, name);
        ml.Model.Save(model, windows.Schema, path);
        return path;
    }

    private sealed class Row
    {
        public string Host { get; set; } = "";

        public float Value { get; set; }

        public bool IsAnomaly { get; set; }
    }
}

/// <summary>The models are shared.</summary>
[CollectionDefinition(Name)]
public sealed class Serving : ICollectionFixture<ToyModels>
{
    public const string Name = "serving";
}
