namespace Microsoft.ML.SoftPrompt.Series;

/// <summary>
/// Bins of equal width (SPEAR, eq. (1)): <c>q = min(N − 1, ⌊(x − min) / (max − min) · N⌋)</c>. Where the range is a single value, that
/// value goes to the middle bin N / 2, so that what later lies below or above it still differs from it.
/// </summary>
internal sealed class UniformBins(float minimum, float maximum, int count) : Bins
{
    public override int Count => count;

    public override float Minimum => minimum;

    public override float Maximum => maximum;

    // In double, where the difference of two Singles cannot overflow.
    private double Width => (double)maximum - minimum;

    public override int Find(float value) =>
        minimum == maximum ? count / 2 : Math.Min(count - 1, (int)((value - (double)minimum) / Width * count));

    public override double GetEdge(int bin) => bin == count ? maximum : minimum + Width * bin / count;
}
