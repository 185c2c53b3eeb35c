using System.Diagnostics;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>A thousand windows through the whole chain: a transformed view beside a prediction engine, on MiniLM.</summary>
internal static class ScoringBenchmark
{
    private const int Windows = 1000;
    private const int Values = 50;
    private const int Rounds = 3;

    public static int Run()
    {
        var ml = new MLContext(seed: 1);
        var random = new Random(1);
        WindowRow[] rows = [.. Enumerable.Range(0, Windows).Select(i => new WindowRow { Series = [.. Enumerable.Range(0, Values).Select(_ => random.NextSingle())], Label = i % 2 == 0 })];
        var view = ml.Data.LoadFromEnumerable(rows);
        var model = ml.Transforms.QuantizeSeries("Features", "Series").Append(ml.AnomalyDetection.Trainers.SoftPrompt(maxEpochs: 1)).Fit(ml.Data.TakeRows(view, 32));
        using var engine = ml.Model.CreatePredictionEngine<WindowQuery, WindowAnswer>(model);
        var query = new WindowQuery { Series = rows[0].Series };
        engine.Predict(query);
        int threads = Scheduler.MaxThreads;
        var times = new List<(double EngineOne, double EngineAll, double One, double All)>();
        for (int round = 0; round < Rounds; round++)
            times.Add((
                Seconds(() => Predict(1)),
                Seconds(() => Predict(threads)),
                Seconds(() => Score(1)),
                Seconds(() => Score(threads))));
        Scheduler.MaxThreads = threads;

        Console.WriteLine($"{Windows} windows of {Values} values, prompt of 20 rows, MiniLM; medians of {Rounds} rounds, in turn");
        Console.WriteLine();
        Console.WriteLine("| scored by | windows a second | against the first |");
        Console.WriteLine("| --- | --- | --- |");
        double one = Median(times.Select(t => t.EngineOne));
        Print("PredictionEngine, one thread", one);
        Print($"PredictionEngine, {threads} threads share a row", Median(times.Select(t => t.EngineAll)));
        Print("Transform, one thread", Median(times.Select(t => t.One)));
        Print($"Transform, {threads} threads", Median(times.Select(t => t.All)));
        return 0;

        void Predict(int allowed)
        {
            Scheduler.MaxThreads = allowed;
            foreach (var row in rows)
            {
                query.Series = row.Series;
                engine.Predict(query);
            }
        }

        void Score(int allowed)
        {
            Scheduler.MaxThreads = allowed;
            int count = ml.Data.CreateEnumerable<WindowAnswer>(model.Transform(view), reuseRowObject: true).Count(answer => answer.Score > 0);
            Debug.Assert(count <= Windows);
        }

        void Print(string name, double seconds) => Console.WriteLine($"| {name} | {Windows / seconds:F0} | {one / seconds:F2} × |");
    }

    private static double Seconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
