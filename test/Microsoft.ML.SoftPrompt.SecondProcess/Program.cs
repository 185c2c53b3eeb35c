// A process that knows only the libraries: loads a model and prints the logits of series, as bits, from a prediction engine and from a view.
//   MODEL SERIES.json THREADS
using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.SoftPrompt.Tensors;

Scheduler.MaxThreads = int.Parse(args[2], CultureInfo.InvariantCulture);
var ml = new MLContext();
var model = ml.Model.Load(args[0], out _);
var queries = JsonSerializer.Deserialize<Query[]>(File.ReadAllText(args[1]))!;
using var engine = ml.Model.CreatePredictionEngine<Query, Answer>(model);
foreach (var query in queries)
    Console.WriteLine(Bits(engine.Predict(query)));
foreach (var answer in ml.Data.CreateEnumerable<Answer>(model.Transform(ml.Data.LoadFromEnumerable(queries)), reuseRowObject: false))
    Console.WriteLine(Bits(answer));

static string Bits(Answer answer) => BitConverter.SingleToUInt32Bits(answer.Score).ToString("x8", CultureInfo.InvariantCulture) + (answer.PredictedLabel ? " anomalous" : " normal");

internal sealed class Query
{
    public string Host { get; set; } = "";

    public float[] Series { get; set; } = [];
}

internal sealed class Answer
{
    public bool PredictedLabel { get; set; }

    public float Score { get; set; }
}
