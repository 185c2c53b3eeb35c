namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Identifies a backbone: a prompt learned in front of one model means nothing in front of another.</summary>
/// <param name="Name">A name for people, e.g. <c>all-MiniLM-L6-v2</c>.</param>
/// <param name="Family">The architecture, e.g. <c>bert</c>.</param>
/// <param name="Layers">Number of transformer layers.</param>
/// <param name="HiddenSize">Components of a row.</param>
/// <param name="VocabularySize">Number of tokens.</param>
/// <param name="WeightsSha256">SHA-256 of the file of weights, 64 lower-case hexadecimal digits; of several shards, that of their bytes one behind another in the ordinal order of their names.</param>
public sealed record BackboneFingerprint(string Name, string Family, int Layers, int HiddenSize, int VocabularySize, string WeightsSha256)
{
    /// <summary>Whether the other names the same model: everything but the name is compared.</summary>
    public bool Matches(BackboneFingerprint other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return this with { Name = other.Name } == other;
    }
}
