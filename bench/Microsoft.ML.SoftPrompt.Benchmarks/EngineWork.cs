namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>A piece of work that is timed.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Series">Series of the batch.</param>
/// <param name="Positions">Positions of a series, the prompt's rows included.</param>
/// <param name="Threads">Threads allowed.</param>
/// <param name="Backward">Whether the gradient of the prompt is computed too.</param>
/// <param name="PeerKey">What the peer's output calls it, if it does the same.</param>
internal sealed record EngineWork(string Name, int Series, int Positions, int Threads, bool Backward, string? PeerKey)
{
    private const double Layers = 6, Hidden = 384, Wide = 1536;

    /// <summary>
    /// Operations of the whole encoder, a multiply-add counted as two, whatever of it the engine finds it need not do: the backward pass
    /// towards the inputs takes as many as the forward pass, and two more products of the attention's size.
    /// </summary>
    public double GigaFlop
    {
        get
        {
            double linear = Layers * 2 * Series * Positions * (4 * Hidden * Hidden + 2 * Hidden * Wide);
            double attention = Layers * 2 * 2 * Series * (double)Positions * Positions * Hidden;
            return (Backward ? 2 * linear + 3 * attention : linear + attention) / 1e9;
        }
    }
}
