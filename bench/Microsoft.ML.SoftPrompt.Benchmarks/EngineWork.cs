namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>A piece of work that is timed.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Lengths">Positions of each series, the prompt's rows included.</param>
/// <param name="Backward">Whether the gradient of the prompt is computed too.</param>
/// <param name="Runs">Runs in a turn.</param>
internal sealed record EngineWork(string Name, int[] Lengths, bool Backward, int Runs)
{
    public const int PromptRows = 20;

    private const double Layers = 6, Hidden = 384, Wide = 1536;

    /// <summary>
    /// Operations of the whole encoder, a multiply-add counted as two, whatever of it the engine finds it need not do: the backward pass
    /// towards the inputs takes as many as the forward pass, and two more products of the attention's size.
    /// </summary>
    public double GigaFlop
    {
        get
        {
            double linear = Layers * 2 * Lengths.Sum() * (4 * Hidden * Hidden + 2 * Hidden * Wide);
            double attention = Layers * 2 * 2 * Lengths.Sum(length => (double)length * length) * Hidden;
            return (Backward ? 2 * linear + 3 * attention : linear + attention) / 1e9;
        }
    }

    /// <summary>Bytes of the matrices in single precision, read once; twice with the way back.</summary>
    public double GigaByte => (Backward ? 2 : 1) * Layers * sizeof(float) * (4 * Hidden * Hidden + 2 * Hidden * Wide) / 1e9;
}
