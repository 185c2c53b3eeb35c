namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>The numerals of a tokenizer that is not run for text: series need no more.</summary>
/// <param name="numerals">How the vocabulary writes them.</param>
/// <param name="reason">Why text is refused: names the file, the field and its value.</param>
internal sealed class NumeralTokenizer(NumeralPieces numerals, string reason) : IBackboneTokenizer
{
    public string Kind => "numerals only";

    public IReadOnlyList<int> Encode(string text) => throw new InvalidOperationException($"Text cannot be encoded for this model, only numerals can: {reason}");

    public IReadOnlyList<int> EncodeNumeral(int numeral, int largest) => numerals.Encode(numeral, largest);
}
