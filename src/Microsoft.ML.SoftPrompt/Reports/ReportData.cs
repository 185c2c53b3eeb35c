using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.ML.SoftPrompt.Explaining;

namespace Microsoft.ML.SoftPrompt.Reports;

/// <summary>A report's data as the page's script reads it.</summary>
internal static class ReportData
{
    public static void Write(Stream stream, AnomalyReport report)
    {
        // The default encoder escapes <, > and & and whatever else means something to HTML.
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("title", report.Title);
        json.WriteString("unit", report.JudgesReadings ? "reading" : "window");
        json.WriteNumber("threshold", report.Threshold);
        WriteMetric(json, "auroc", report.Metrics.AreaUnderRoc);
        WriteMetric(json, "averagePrecision", report.Metrics.AveragePrecision);
        WriteArray(json, "series", report.Series, WriteSeries);
        WriteArray(json, "falseAlarms", WorstCases.HighestNormal(report.Series), (writer, found) => WriteCase(writer, report, found));
        WriteArray(json, "misses", WorstCases.LowestAnomalous(report.Series), (writer, found) => WriteCase(writer, report, found));
        WriteArray(json, "controls", report.Controls, WriteControl);
        if (report.Model is { } model)
            WriteModel(json, model);
        WriteArray(json, "facts", [.. report.Facts, .. ModelFacts(report.Model)], WriteFact);
        json.WriteEndObject();
    }

    private static void WriteSeries(Utf8JsonWriter json, ReportSeries series)
    {
        json.WriteString("name", series.Name);
        PackedNumbers.Write(json, "values", Doubles(series.Values.ToArray(), value => value));
        if (Milliseconds(series.Times.Span) is { } times)
            PackedNumbers.Write(json, "times", times);
        PackedNumbers.Write(json, "labelled", Doubles(Stretches(series.LabelledValues()), place => place));
        PackedNumbers.Write(json, "starts", Doubles(series.Items, item => item.Start));
        PackedNumbers.Write(json, "lengths", Doubles(series.Items, item => item.Length));
        PackedNumbers.Write(json, "labels", Doubles(series.Items, item => item.IsAnomaly ? 1 : 0));
        PackedNumbers.Write(json, "scores", Doubles(series.Items, item => item.Score));
    }

    private static void WriteCase(Utf8JsonWriter json, AnomalyReport report, ReportCase found)
    {
        json.WriteNumber("series", found.Series);
        json.WriteNumber("start", found.Item.Start);
        json.WriteNumber("length", found.Item.Length);
        json.WriteNumber("score", found.Item.Score);
        json.WriteNumber("from", found.From);
        json.WriteNumber("to", found.To);
        ReportSeries series = report.Series[found.Series];
        if (report.Explain?.Invoke(series, found.Item) is { } explanation)
        {
            explanation.Validate(series);
            json.WriteNumber("explainedFrom", explanation.Start);
            WriteArray(json, "contributions", explanation.Contributions, WriteContribution);
        }
    }

    private static void WriteContribution(Utf8JsonWriter json, ValueContribution contribution)
    {
        json.WriteNumber("step", contribution.Step);
        json.WriteNumber("count", contribution.Count);
        json.WriteNumber("probability", contribution.Probability);
        json.WriteNumber("without", contribution.ProbabilityWithout);
    }

    private static void WriteControl(Utf8JsonWriter json, ReportControl control)
    {
        json.WriteString("name", control.Name);
        WriteMetric(json, "threshold", control.Threshold);
        json.WriteNumber("truePositives", control.Metrics.TruePositives);
        json.WriteNumber("falsePositives", control.Metrics.FalsePositives);
        json.WriteNumber("falseNegatives", control.Metrics.FalseNegatives);
        json.WriteNumber("trueNegatives", control.Metrics.TrueNegatives);
        WriteMetric(json, "auroc", control.Metrics.AreaUnderRoc);
        WriteMetric(json, "averagePrecision", control.Metrics.AveragePrecision);
    }

    private static void WriteModel(Utf8JsonWriter json, SoftPromptModelParameters model)
    {
        json.WriteStartObject("probability");
        json.WriteNumber("slope", model.CalibrationSlope);
        json.WriteNumber("offset", model.CalibrationOffset);
        json.WriteEndObject();
        json.WriteStartObject("training");
        json.WriteNumber("kept", model.BestEpoch);
        json.WriteString("note", model.ValidationNote);
        WriteArray(json, "epochs", model.TrainingHistory, WriteEpoch);
        json.WriteEndObject();
    }

    private static void WriteEpoch(Utf8JsonWriter json, TrainingEpoch epoch)
    {
        json.WriteNumber("epoch", epoch.Epoch);
        WriteMetric(json, "loss", epoch.TrainLoss);
        WriteMetric(json, "validationLoss", epoch.ValidationLoss);
        WriteMetric(json, "averagePrecision", epoch.ValidationAveragePrecision);
        WriteMetric(json, "auroc", epoch.ValidationAuroc);
        WriteMetric(json, "accuracy", epoch.ValidationAccuracy);
    }

    private static void WriteFact(Utf8JsonWriter json, KeyValuePair<string, string> fact)
    {
        json.WriteString("name", fact.Key);
        json.WriteString("value", fact.Value);
    }

    private static IEnumerable<KeyValuePair<string, string>> ModelFacts(SoftPromptModelParameters? model)
    {
        if (model is not null)
        {
            yield return new("Labels", model.LabelsPoints ? "one a reading" : "one a window");
            yield return new("Soft prompt", string.Create(CultureInfo.InvariantCulture, $"{model.PromptLength} rows of {model.HiddenSize}, {model.BinCount} bins, seed {model.Seed}"));
            yield return new("Backbone weights", $"{model.Backbone.Name} ({model.Backbone.Family}), {model.BackbonePrecision.ToString().ToLowerInvariant()} precision, SHA-256 {model.Backbone.WeightsSha256}");
            yield return new("Probability", model.IsCalibrated ? "calibrated on the validation rows" : "the sigmoid of the score");
        }
        yield return new("Version", typeof(ReportData).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);
    }

    /// <summary>Begin and end (behind the last value), one after the other, of each run of labelled values.</summary>
    private static List<int> Stretches(bool[] labelled)
    {
        var ends = new List<int>();
        for (int i = 0; i <= labelled.Length; i++)
            if ((i < labelled.Length && labelled[i]) != (ends.Count % 2 == 1))
                ends.Add(i);
        return ends;
    }

    /// <summary>Milliseconds since 1970; none where the times do not rise, which no time axis can show.</summary>
    private static double[]? Milliseconds(ReadOnlySpan<DateTime> times)
    {
        var milliseconds = new double[times.Length];
        for (int i = 0; i < times.Length; i++)
        {
            milliseconds[i] = (times[i] - DateTime.UnixEpoch).TotalMilliseconds;
            if (i > 0 && !(milliseconds[i] > milliseconds[i - 1]))
                return null;
        }
        return times.IsEmpty ? null : milliseconds;
    }

    private static double[] Doubles<T>(IReadOnlyList<T> items, Func<T, double> number)
    {
        var numbers = new double[items.Count];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = number(items[i]);
        return numbers;
    }

    private static void WriteArray<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>JSON has no NaN: a metric that does not exist is null.</summary>
    private static void WriteMetric(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }
}
