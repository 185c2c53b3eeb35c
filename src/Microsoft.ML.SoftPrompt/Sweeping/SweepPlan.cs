namespace Microsoft.ML.SoftPrompt.Sweeping;

/// <summary>Which trials there are, and the rounds that they go through. It depends on the space, the strategy and the seed alone.</summary>
/// <param name="Trials">The parameters of each trial; trial k, from 1, is the one at k − 1.</param>
/// <param name="Rounds">The epochs after which trials are judged, rising; the last one is that of the whole training.</param>
internal sealed record SweepPlan(IReadOnlyList<SweepValues> Trials, IReadOnlyList<int> Rounds)
{
    // Draws of a small space repeat; after so many in a row it counts as used up.
    private const int Redraws = 200;

    public static SweepPlan Make(SoftPromptSweep.Options options)
    {
        int epochs = options.Trainer.MaxEpochs;
        SweepValues[] trials = options.Strategy == SweepStrategy.Grid ? Grid(options) : Draw(options);
        return new SweepPlan(trials, options.Strategy == SweepStrategy.SuccessiveHalving ? HalvingRounds(trials.Length, epochs, options.HalvingRate) : [epochs]);
    }

    /// <summary>How many of a round's trials go on.</summary>
    public static int Promoted(int trials, int rate) => Math.Max(1, trials / rate);

    /// <summary>The last round has all epochs, each before it one η-th of the next one's, rounded up; there are as many as leave one trial or more, and one epoch or more.</summary>
    internal static int[] HalvingRounds(int trials, int epochs, int rate)
    {
        var rounds = new List<int> { epochs };
        for (int left = trials / rate; left >= 1 && rounds[0] > 1; left /= rate)
            rounds.Insert(0, (rounds[0] + rate - 1) / rate);
        return rounds.ToArray();
    }

    /// <summary>A trial's draw depends on the seed and its number, and is repeated where an earlier trial has the same.</summary>
    private static SweepValues[] Draw(SoftPromptSweep.Options options)
    {
        var drawn = new HashSet<SweepValues>();
        var trials = new List<SweepValues>();
        int wanted = options.Trials ?? SoftPromptSweep.Options.DefaultTrials;
        while (trials.Count < wanted)
        {
            var random = new Random(unchecked((options.Seed * 1_000_003) + trials.Count + 1)); // a prime apart, so that seeds do not share trials
            SweepValues? values = null;
            for (int draw = 0; draw < Redraws && (values is null || drawn.Contains(values)); draw++)
                values = options.Space.Draw(random);
            if (!drawn.Add(values!))
                break;
            trials.Add(values!);
        }
        return trials.ToArray();
    }

    private static SweepValues[] Grid(SoftPromptSweep.Options options)
    {
        int[] order = Enumerable.Range(0, (int)options.Space.CellCount).ToArray();
        new Random(options.Seed).Shuffle(order);
        return order.Take(options.Trials ?? order.Length).Select(options.Space.Cell).ToArray();
    }
}
