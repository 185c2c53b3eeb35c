namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Text and numerals to pieces, without special tokens around them.</summary>
internal interface IBackboneTokenizer
{
    /// <summary>The method, for people: <c>WordPiece</c>, <c>byte-level BPE</c>, <c>numerals only</c>.</summary>
    string Kind { get; }

    /// <summary>The pieces of a text.</summary>
    /// <exception cref="InvalidOperationException">The tokenizer knows numerals only, or cannot read this text; the message says why.</exception>
    IReadOnlyList<int> Encode(string text);

    /// <summary>The pieces of a numeral; where a digit is a piece, padded with zeros to the width of the largest.</summary>
    /// <exception cref="InvalidOperationException">The vocabulary cannot write the numeral.</exception>
    IReadOnlyList<int> EncodeNumeral(int numeral, int largest);
}
