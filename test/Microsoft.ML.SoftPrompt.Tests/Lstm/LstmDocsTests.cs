using Microsoft.ML.SoftPrompt.Tests.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Lstm;

/// <summary>The example of docs/lstm.md, word for word, compiled and run.</summary>
public sealed class LstmDocsTests
{
    [Fact]
    public void The_example_trains_saves_and_answers()
    {
        var ml = new MLContext(seed: 1);
        IDataView windows = ml.Data.LoadFromEnumerable(ToySeries.Windows(60));
        float[] series = ToySeries.Windows(1)[0].Series;
        string path = Path.Combine(Directory.CreateTempSubdirectory("softprompt-").FullName, "lstm.zip");

        #region example
        var trainer = ml.AnomalyDetection.Trainers.Lstm(labelColumnName: "Label", featureColumnName: "Series", groupColumnName: "Host");
        LstmAnomalyTransformer detector = trainer.Fit(windows);
        ml.Model.Save(detector, windows.Schema, path);

        ITransformer loaded = ml.Model.Load(path, out _);             // nothing to register
        using var engine = ml.Model.CreatePredictionEngine<Query, Answer>(loaded);
        Answer answer = engine.Predict(new Query { Host = "host 1", Series = series });
        #endregion

        detector.Model.TrainingHistory.Should().HaveCount(10);
        answer.Probability.Should().BeInRange(0, 1);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        Documents.ShouldPrint("docs/lstm.md", "example");
    }
}
