using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Reports;

/// <summary>A sweep's data as the page's script reads it.</summary>
internal static class SweepReportData
{
    public static void Write(Stream stream, SweepReport report)
    {
        SweepResult result = report.Result;
        IReadOnlyList<SweepAxis> all = result.Options.Space.Axes();
        SweepAxis[] swept = all.Where(axis => axis.IsSwept).ToArray();
        var data = new JsonObject
        {
            ["title"] = report.Title,
            ["best"] = result.Best.Number,
            ["complete"] = result.IsComplete,
            ["halving"] = result.Options.Strategy == SweepStrategy.SuccessiveHalving,
            ["test"] = report.Test is { } test ? Metrics(test) : null,
            ["axes"] = Array(swept, axis => new JsonObject { ["name"] = axis.Name, ["log"] = axis.Text.EndsWith("log", StringComparison.Ordinal) }),
            ["trials"] = Array(result.Trials, trial => Trial(trial, swept)),
            ["importances"] = Array(result.Importances, Importance),
            ["facts"] = Array([.. report.Facts, .. Facts(result, all)], fact => new JsonArray(fact.Key, fact.Value)),
        };
        // The default encoder escapes <, > and & and whatever else means something to HTML.
        using var json = new Utf8JsonWriter(stream);
        data.WriteTo(json);
    }

    private static JsonObject Trial(SweepTrial trial, SweepAxis[] axes) => new()
    {
        ["number"] = trial.Number,
        ["status"] = trial.Status.ToString().ToLowerInvariant(),
        ["epochs"] = trial.Epochs,
        ["seconds"] = trial.Duration.TotalSeconds,
        ["metrics"] = trial.Validation is { } validation ? Metrics(validation) : null,
        ["values"] = Array(axes, axis => Value(axis.Read(trial.Values))),
        ["history"] = Array(trial.History.Where(epoch => epoch.ValidationAveragePrecision is not null), epoch => new JsonArray(epoch.Epoch, epoch.ValidationAveragePrecision)),
        ["rungs"] = Array(trial.Rungs, rung => new JsonArray(rung.Epochs, rung.Validation.AveragePrecision)),
        ["reason"] = trial.Reason,
        ["warnings"] = Array(trial.Warnings, warning => JsonValue.Create(warning)),
    };

    private static JsonObject Importance(SweepImportance importance) => new()
    {
        ["parameter"] = importance.Parameter,
        ["spread"] = importance.Spread,
        ["chance"] = importance.ChanceShare,
        ["groups"] = Array(importance.Groups, group => new JsonObject { ["values"] = group.Values, ["trials"] = group.Trials, ["mean"] = group.Mean }),
    };

    private static JsonObject Metrics(BinaryMetrics metrics) => new()
    {
        ["averagePrecision"] = double.IsFinite(metrics.AveragePrecision) ? metrics.AveragePrecision : null,
        ["auroc"] = double.IsFinite(metrics.AreaUnderRoc) ? metrics.AreaUnderRoc : null,
        ["precision"] = metrics.Precision,
        ["recall"] = metrics.Recall,
        // Where nothing is anomalous there is nothing to find: 0 would say that it was missed.
        ["f1"] = double.IsFinite(metrics.AveragePrecision) ? metrics.F1 : null,
        ["count"] = metrics.Count,
    };

    /// <summary>A number as a number, which axes are drawn by; anything else as text.</summary>
    private static JsonValue Value(object? value) => value switch
    {
        int number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        null => JsonValue.Create("none"),
        _ => JsonValue.Create(value.ToString()!),
    };

    private static IEnumerable<KeyValuePair<string, string>> Facts(SweepResult result, IReadOnlyList<SweepAxis> axes)
    {
        SoftPromptSweep.Options options = result.Options;
        string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
        yield return new("Strategy", options.Strategy + (options.Strategy == SweepStrategy.SuccessiveHalving ? $", rate {Number(options.HalvingRate)}" : ""));
        yield return new("Epochs", Number(options.Trainer.MaxEpochs));
        yield return new("Seed", Number(options.Seed));
        foreach (SweepAxis axis in axes)
            yield return new(axis.Name, axis.IsSwept ? $"{axis.Text} (swept)" : axis.Text);
    }

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode?> node) => new(items.Select(node).ToArray());
}
