namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Text and numerals to pieces, without special tokens.</summary>
internal interface IBackboneTokenizer
{
    /// <summary>The pieces of a text.</summary>
    /// <exception cref="InvalidOperationException">The tokenizer knows numerals only; the message says why.</exception>
    IReadOnlyList<int> Encode(string text);

    /// <summary>The pieces of a numeral; where a digit is a piece, padded with zeros to the width of the largest.</summary>
    IReadOnlyList<int> EncodeNumeral(int numeral, int largest);
}
