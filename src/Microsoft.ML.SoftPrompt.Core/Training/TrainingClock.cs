using System.Diagnostics;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>Counts a training's batches and says after each how far it is; its time begins when it is made.</summary>
/// <param name="epochs">Number of epochs, at most.</param>
/// <param name="series">Number of training series.</param>
/// <param name="batchSize">Series in a batch.</param>
/// <param name="resumed">Batches that were done before, by a training that this one goes on from.</param>
internal sealed class TrainingClock(int epochs, int series, int batchSize, int resumed = 0)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Batches in an epoch.</summary>
    public int Batches { get; } = (series + batchSize - 1) / batchSize;

    private double SeriesIn(int batchesDone) => batchesDone / Batches * (double)series + Math.Min(series, batchesDone % Batches * (double)batchSize);

    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="batch">The batch just done, from 1.</param>
    /// <param name="loss">Its loss.</param>
    /// <param name="history">The epochs that have ended.</param>
    /// <param name="ends">Whether early stopping ends the training here.</param>
    public TrainingProgress At(int epoch, int batch, double loss, List<TrainingEpoch> history, bool ends)
    {
        TimeSpan elapsed = _clock.Elapsed;
        int done = (epoch - 1) * Batches + batch;
        int remaining = ends ? 0 : epochs * Batches - done;
        int now = done - resumed;
        double seen = SeriesIn(done) - SeriesIn(resumed);
        return new TrainingProgress(epoch, epochs, batch, Batches, loss, history.Count == 0 ? null : history[^1].ValidationAveragePrecision, elapsed,
            now == 0 ? TimeSpan.Zero : elapsed * ((double)remaining / now), seen / Math.Max(elapsed.TotalSeconds, 1e-9)) { ResumedBatches = resumed };
    }
}
