namespace Microsoft.ML.SoftPrompt.Evaluation;

/// <summary>Neighbouring points of a series, as many as there are.</summary>
/// <param name="Start">Index of the first.</param>
/// <param name="End">Index of the last.</param>
internal readonly record struct Stretch(int Start, int End)
{
    /// <summary>The longest stretches of points that are set, in order.</summary>
    public static List<Stretch> Of(ReadOnlySpan<bool> points)
    {
        var stretches = new List<Stretch>();
        for (int i = 0; i < points.Length; i++)
        {
            if (!points[i])
                continue;
            int start = i;
            while (i + 1 < points.Length && points[i + 1])
                i++;
            stretches.Add(new Stretch(start, i));
        }
        return stretches;
    }
}
