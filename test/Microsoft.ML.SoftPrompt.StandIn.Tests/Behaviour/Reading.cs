using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Behaviour;

/// <summary>A row with a text, a number, a flag and vectors of known and unknown size.</summary>
internal sealed class Reading
{
    public string Host { get; set; } = "";

    public float Value { get; set; }

    public bool Label { get; set; }

    [VectorType(2)]
    public float[] Pair { get; set; } = [0, 0];

    public float[] Series { get; set; } = [];

    [NoColumn]
    public string Note { get; set; } = "not a column";

    public static Reading[] Some(int count = 6) =>
        [.. Enumerable.Range(0, count).Select(i => new Reading { Host = $"h{i % 3}", Value = i, Label = i % 2 == 1, Pair = [i, -i], Series = [.. Enumerable.Range(0, i).Select(k => (float)k)] })];
}

/// <summary>What <see cref="PlusTransformer"/> gives.</summary>
internal sealed class Sum
{
    public float Result { get; set; }
}
