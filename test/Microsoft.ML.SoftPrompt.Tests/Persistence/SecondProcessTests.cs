using System.Diagnostics;
using System.Text.Json;
using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Tests.Anomaly;
using Microsoft.ML.SoftPrompt.Tests.Lstm;

namespace Microsoft.ML.SoftPrompt.Tests.Persistence;

/// <summary>Models loaded by a process that references only the libraries and registers nothing.</summary>
public sealed class SecondProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("softprompt-").FullName;
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_model_on_MiniLM_answers_bit_for_bit_the_same_alone_in_a_batch_on_one_thread_and_two()
    {
        var options = ToySeries.Options(1);
        (options.BackbonePath, options.ValidationFraction) = (null, 0);

        Check(options, count: 12, "1", "2");
    }

    [Theory]
    [InlineData("a file")]
    [InlineData("shards")]
    [InlineData("GGUF")]
    public void A_model_carries_a_backbone_that_came_from_a_path(string weights)
    {
        string folder = TinyBackbone.Make();
        var options = ToySeries.Options(1);
        options.BackbonePath = folder;
        if (weights == "shards")
            ModelFolder.CutIntoShards(folder);
        if (weights == "GGUF")
        {
            options.BackbonePath = Path.Combine(folder, "tiny.gguf");
            File.WriteAllBytes(options.BackbonePath, GgufBytes.LlamaOfDigits().ToArray());
        }

        Check(options, count: 30, beforeLoading: () => Directory.Delete(folder, recursive: true), threads: "2");
    }

    [Fact]
    public void A_chain_with_a_balancer_answers_without_labels_and_adds_no_rows() =>
        Check(ToySeries.Options(1), count: 60, new EstimatorChain<ITransformer>().Append<ITransformer>(_ml.Transforms.BalanceTSmote("Series")), beforeLoading: null, "2");

    private void Check(SoftPromptAnomalyTrainer.Options options, int count, params string[] threads) => Check(options, count, null, threads);

    private void Check(SoftPromptAnomalyTrainer.Options options, int count, Action? beforeLoading, params string[] threads) =>
        Check(options, count, new EstimatorChain<ITransformer>(), beforeLoading, threads);

    [Fact]
    public void An_LSTM_answers_bit_for_bit_the_same_alone_in_a_batch_on_one_thread_and_two() =>
        Check(_ml.AnomalyDetection.Trainers.Lstm(ToyLstm.Options()), 40, beforeLoading: null, "1", "2");

    private void Check(SoftPromptAnomalyTrainer.Options options, int count, EstimatorChain<ITransformer> first, Action? beforeLoading, params string[] threads) =>
        Check(first.Append(_ml.Transforms.QuantizeSeries("Tokens", "Series", 50, groupColumnName: "Host")).Append(_ml.AnomalyDetection.Trainers.SoftPrompt(options)), count, beforeLoading, threads);

    private void Check(IEstimator<ITransformer> estimator, int count, Action? beforeLoading, params string[] threads)
    {
        var windows = ToySeries.Windows(count);
        var view = _ml.Data.LoadFromEnumerable(windows);
        var model = estimator.Fit(view);
        string modelPath = Path.Combine(_folder, "model.zip"), seriesPath = Path.Combine(_folder, "series.json");
        _ml.Model.Save(model, view.Schema, modelPath);
        File.WriteAllText(seriesPath, JsonSerializer.Serialize(windows.Select(w => new { w.Host, w.Series })));
        beforeLoading?.Invoke();

        string[] here = _ml.Data.CreateEnumerable<Answer>(model.Transform(view), reuseRowObject: false)
            .Select(a => $"{BitConverter.SingleToUInt32Bits(a.Score):x8} {(a.PredictedLabel ? "anomalous" : "normal")}").ToArray();

        foreach (string number in threads)
            Run(modelPath, seriesPath, number).Should().Equal(here.Concat(here), "an engine and a view answer as the view did here, with {0} threads", number);
    }

    private static string[] Run(params string[] arguments)
    {
        const string Name = "Microsoft.ML.SoftPrompt.SecondProcess";
        // test/NAME/bin/CONFIGURATION/net10.0, beside this assembly's own test/…/bin/CONFIGURATION/net10.0.
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        string program = Path.Combine(output.Parent!.Parent!.Parent!.Parent!.FullName, Name, "bin", output.Parent.Name, output.Name, Name + ".dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        string answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.Should().Be(0, error.Result);
        return answer.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
