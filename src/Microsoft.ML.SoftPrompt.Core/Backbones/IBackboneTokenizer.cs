namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Text to pieces, without special tokens.</summary>
internal interface IBackboneTokenizer
{
    IReadOnlyList<int> Encode(string text);
}
