using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>A model and its scores are the same, bit for bit, for any number of threads.</summary>
[Collection(nameof(SchedulerThreads))]
public sealed class ThreadsTests
{
    public static TheoryData<string> Names => ["LSTM", "Boosted trees", "Sub-PCA"];

    [Theory]
    [MemberData(nameof(Names))]
    public void One_thread_gives_what_three_give(string name)
    {
        IAnomalyMethod method = name switch
        {
            "LSTM" => new LstmMethod { HiddenSize = 20, Epochs = 2 },
            "Boosted trees" => new BoostedTreesMethod { Trees = 10 },
            _ => new SubPcaMethod(),
        };
        var random = new Random(1);
        LabeledSeries[] series = Enumerable.Range(0, 70).Select(i => new LabeledSeries(Enumerable.Range(0, random.Next(1, 60)).Select(_ => random.NextSingle()).ToArray(), new[] { i % 3 == 0 })).ToArray();
        int threads = Scheduler.MaxThreads;
        try
        {
            Scheduler.MaxThreads = 1;
            IReadOnlyList<double> one = method.Fit(series, [], seed: 1).Score(series);
            Scheduler.MaxThreads = 3;

            method.Fit(series, [], seed: 1).Score(series).Should().Equal(one);
        }
        finally
        {
            Scheduler.MaxThreads = threads;
        }
    }
}
