namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>What a label belongs to.</summary>
internal enum LabelKind
{
    /// <summary>One label for the whole series.</summary>
    Series,

    /// <summary>One label for each value.</summary>
    Point,
}
