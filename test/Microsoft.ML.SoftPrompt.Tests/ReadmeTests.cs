namespace Microsoft.ML.SoftPrompt.Tests;

/// <summary>The README's examples, word for word, compiled and run.</summary>
public sealed class ReadmeTests
{
    // Three hosts of 110 readings, each with one anomaly that lies in three of its seven windows.
    private static readonly Reading[] Rows = Enumerable.Range(0, 330).Select(i => new Reading
    {
        Host = (i / 110) switch { 0 => "web", 1 => "db", _ => "cache" },
        Time = new DateTime(2026, 1, 1).AddMinutes(5 * (i % 110)),
        Value = MathF.Sin(i * 0.7f) + (i % 110 == 25 ? 5 : 0),
        IsAnomaly = i % 110 == 25,
    }).ToArray();

    [Fact]
    public void The_whole_way()
    {
        string folder = Directory.CreateTempSubdirectory("softprompt-").FullName;
        string here = Directory.GetCurrentDirectory();
        Reading[] rows = Rows;
        try
        {
            Directory.SetCurrentDirectory(folder);

            #region way
            var ml = new MLContext(seed: 1);
            IDataView readings = ml.Data.LoadFromEnumerable(rows);                     // a row a reading: Host, Time, Value, IsAnomaly
            IDataView windows = ml.Data.WindowSeries(readings, outputColumnName: "Series", inputColumnName: "Value", labelColumnName: "IsAnomaly",
                                                     groupColumnName: "Host", windowSize: 50, stride: 10);   // a row a window: Series, Label, Host, Start

            var pipeline = ml.Transforms.BalanceTSmote("Series", labelColumnName: "Label", samplingKeyColumnName: "Host")
                .Append(ml.Transforms.QuantizeSeries("Tokens", "Series", binCount: 100, groupColumnName: "Host"))
                .Append(ml.AnomalyDetection.Trainers.SoftPrompt(labelColumnName: "Label", featureColumnName: "Tokens", promptLength: 20, maxEpochs: 40));

            ITransformer model = pipeline.Fit(windows);
            ml.Model.Save(model, windows.Schema, "model.zip");
            #endregion

            #region serve
            ITransformer loaded = new MLContext().Model.Load("model.zip", out _);
            var engine = new MLContext().Model.CreatePredictionEngine<Query, Answer>(loaded);
            Answer answer = engine.Predict(new Query { Host = "web", Series = [0.1f, 0.3f, 0.2f, 5.1f, 0.2f] });
            Console.WriteLine($"{answer.PredictedLabel} {answer.Probability:0.00}");
            #endregion

            var before = ml.Model.CreatePredictionEngine<Query, Answer>(model).Predict(new Query { Host = "web", Series = [0.1f, 0.3f, 0.2f, 5.1f, 0.2f] });
            answer.Score.Should().Be(before.Score);
        }
        finally
        {
            Directory.SetCurrentDirectory(here);
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_shortest_chain()
    {
        var mlContext = new MLContext(seed: 1);
        var data = mlContext.Data.LoadFromEnumerable(Anomaly.ToySeries.Windows(10));

        #region shortest
        var chain = mlContext.Transforms.QuantizeSeries("Features", "Series").Append(mlContext.AnomalyDetection.Trainers.SoftPrompt(maxEpochs: 2));
        var scored = chain.Fit(data).Transform(data);      // Label in, PredictedLabel, Score and Probability out
        #endregion

        mlContext.Data.CreateEnumerable<Answer>(scored, reuseRowObject: false).Should().HaveCount(10).And.OnlyContain(a => a.Probability > 0 && a.Probability < 1);
    }

    [Theory]
    [InlineData("way")]
    [InlineData("serve")]
    [InlineData("shortest")]
    public void The_README_prints_what_is_run_here(string region) => Documents.ShouldPrint("README.md", region);
}
