namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>A reference file of tensors, read by the project's own reader.</summary>
internal sealed class GoldenCase
{
    private readonly Dictionary<string, float[]> _singles = [];
    private readonly Dictionary<string, int[]> _integers = [];

    public GoldenCase(string relative)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Golden.PathOf(relative));
        foreach (WeightTensor tensor in file.Tensors.Values)
        {
            if (tensor.Type == "I32")
            {
                int[] values = new int[tensor.Count];
                file.ReadRaw(tensor, 0, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
                _integers[tensor.Name] = values;
            }
            else
            {
                // Singles as they are: a reference may hold what is not a number, which the reader of weights refuses.
                float[] values = new float[tensor.Count];
                if (tensor.Type == "F32")
                    file.ReadRaw(tensor, 0, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
                else
                    file.Read(tensor, values);
                _singles[tensor.Name] = values;
            }
        }
    }

    public float[] Singles(string name) => _singles[name];

    public int[] Integers(string name) => _integers[name];

    /// <summary>Largest difference over largest magnitude of the expected.</summary>
    public static double RelativeError(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        actual.Length.Should().Be(expected.Length);
        double difference = 0, magnitude = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            difference = double.IsNaN(actual[i]) ? double.PositiveInfinity : Math.Max(difference, Math.Abs((double)actual[i] - expected[i]));
            magnitude = Math.Max(magnitude, Math.Abs(expected[i]));
        }
        return difference / magnitude;
    }

    /// <summary>The rows of a padded [series, longest, width] tensor that are not padding.</summary>
    public static float[] Live(float[] padded, int[] lengths, int longest, int width)
    {
        List<float> live = [];
        for (int s = 0; s < lengths.Length; s++)
            live.AddRange(padded.AsSpan(s * longest * width, lengths[s] * width));
        return [.. live];
    }
}
