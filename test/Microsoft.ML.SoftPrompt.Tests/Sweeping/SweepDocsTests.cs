using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Reports;

namespace Microsoft.ML.SoftPrompt.Tests.Sweeping;

/// <summary>The example of docs/sweep.md, word for word, compiled and run.</summary>
public sealed class SweepDocsTests
{
    [Fact]
    public void The_example_sweeps_saves_and_reports()
    {
        var ml = new MLContext(seed: 1);
        IDataView readings = SweepReadings.View(), unseen = SweepReadings.View(seed: 2);
        IBackbone backbone = Backbone.Open(TinyBackbone.Folder);
        string folder = Directory.CreateTempSubdirectory("softprompt-").FullName;
        string path = Path.Combine(folder, "best.zip"), report = Path.Combine(folder, "sweep.html");

        #region example
        SoftPromptSweep sweep = ml.AnomalyDetection.CreateSoftPromptSweep(new SoftPromptSweep.Options
        {
            ValueColumnName = "Value",
            LabelColumnName = "IsAnomaly",
            GroupColumnName = "Host",
            OrderColumnName = "Time",
            Space = new SweepSpace
            {
                WindowSize = SweepParameter.Choice(8, 16),
                PromptLength = SweepParameter.Range(1, 5),
                PromptLearningRate = SweepParameter.Range(0.003, 0.1, log: true),
                Scaling = SweepParameter.Choice(SweepScaling.Group, SweepScaling.Window),
                TSmoteRatio = SweepParameter.Choice<double?>(null, 1),
                Stride = 4,
            },
            Strategy = SweepStrategy.SuccessiveHalving,
            Trials = 9,
            Trainer = new SoftPromptAnomalyTrainer.Options { MaxEpochs = 4, Backbone = backbone },
            Directory = Path.Combine(folder, "sweep"),               // ended at any moment, the next run goes on
            Parallelism = 2,
        });
        SweepResult result = sweep.Run(readings);                    // or Run(training, validation)

        ml.Model.Save(result.Model, result.InputSchema, path);
        BinaryMetrics test = result.Evaluate(unseen);                // once
        new SweepReport(result) { Title = "Hosts", Test = test }.Save(report);
        #endregion

        result.Trials.Should().HaveCount(9);
        result.Best.Rungs.Should().HaveCount(3);
        File.Exists(report).Should().BeTrue();
        ml.Model.Load(path, out _).Should().NotBeNull();
        Directory.Delete(folder, recursive: true);
        Documents.ShouldPrint("docs/sweep.md", "example");
    }
}
