namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// A frozen language model: rows go in, hidden states come out, and gradients find their way back to the rows. It is all that the
/// trainer and the transformer know of a model.
/// </summary>
/// <remarks>
/// An implementation must be safe for calls from several threads at once, and a series' hidden states must depend on that series, the
/// shared rows and the weights alone: not on its neighbours in the call, their order, or the number of threads.
/// </remarks>
public interface IBackbone
{
    /// <summary>Gets what identifies the model: its family, its sizes and the hash of its weights.</summary>
    BackboneFingerprint Fingerprint { get; }

    /// <summary>Gets the width d of a row, in components.</summary>
    int HiddenSize { get; }

    /// <summary>Gets the number of positions that a series may take, the shared rows in front included.</summary>
    int MaxPositions { get; }

    /// <summary>Gets the number of tokens in the vocabulary; token ids are 0 … size − 1.</summary>
    int VocabularySize { get; }

    /// <summary>
    /// Gets the number of positions a call should carry for the best throughput. Callers cut a batch into calls of about this size and
    /// may run them side by side.
    /// </summary>
    int PreferredPositions { get; }

    /// <summary>Gets whether <see cref="EncodeText"/> and <see cref="EncodeNumeral"/> can be used: a model may come without a tokenizer.</summary>
    bool HasTokenizer { get; }

    /// <summary>Copies the embedding row of a token, as it enters the model (before position embeddings and norms).</summary>
    /// <param name="tokenId">0 … <see cref="VocabularySize"/> − 1.</param>
    /// <param name="destination"><see cref="HiddenSize"/> components.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is outside the vocabulary.</exception>
    void CopyTokenRow(int tokenId, Span<float> destination);

    /// <summary>
    /// Copies the row of the output matrix that belongs to a token: its product with a hidden state is the token's logit, before any bound that
    /// the model puts on logits. A decoder whose output matrix is its token embedding (<c>tie_word_embeddings</c>) has it; an output matrix of
    /// its own is not kept.
    /// </summary>
    /// <param name="tokenId">0 … <see cref="VocabularySize"/> − 1.</param>
    /// <param name="destination"><see cref="HiddenSize"/> components.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is outside the vocabulary.</exception>
    /// <exception cref="NotSupportedException">The model has no such rows; the message says why. So in an implementation that does not say otherwise.</exception>
    void CopyOutputRow(int tokenId, Span<float> destination) =>
        throw new NotSupportedException($"The backbone '{Fingerprint.Name}' does not say what its output matrix is, so it has no logits of tokens.");

    /// <summary>Gives the pieces of a text, without special tokens around it; one that is written out, such as <c>[CLS]</c>, is its piece.</summary>
    /// <exception cref="InvalidOperationException">The model has no tokenizer.</exception>
    IReadOnlyList<int> EncodeText(string text);

    /// <summary>
    /// Gives the pieces of a numeral. A model whose tokenizer writes a digit a piece pads with zeros to the width of
    /// <paramref name="largest"/>, so that neighbouring numerals cannot run into each other.
    /// </summary>
    /// <param name="numeral">0 … <paramref name="largest"/>.</param>
    /// <param name="largest">The largest numeral that the caller will write.</param>
    /// <exception cref="InvalidOperationException">The model has no tokenizer.</exception>
    IReadOnlyList<int> EncodeNumeral(int numeral, int largest);

    /// <summary>Computes the hidden states at the wanted positions.</summary>
    /// <param name="input">The series of the call.</param>
    /// <param name="hidden">[input.WantedCount, HiddenSize], series by series in the order they were added.</param>
    /// <exception cref="ArgumentException">A series takes more than <see cref="MaxPositions"/> positions, or the span has another size.</exception>
    void Forward(BackboneInput input, Span<float> hidden);

    /// <summary>As <see cref="Forward"/>, and keeps what the way back needs.</summary>
    /// <param name="input">The series of the call; must not change until the tape is disposed.</param>
    /// <param name="hidden">[input.WantedCount, HiddenSize].</param>
    /// <returns>The tape; dispose it to give its memory back.</returns>
    IBackboneTape ForwardForTraining(BackboneInput input, Span<float> hidden);
}

/// <summary>What a training call keeps for its backward pass.</summary>
public interface IBackboneTape : IDisposable
{
    /// <summary>Takes the gradient at the wanted positions back to the rows that went in. The weights are frozen and get none.</summary>
    /// <param name="hiddenGradient">[input.WantedCount, HiddenSize], in the order of the forward call.</param>
    /// <param name="sharedGradient">[input.SharedCount, HiddenSize], overwritten with the sum over the series; empty when it is not asked for.</param>
    /// <param name="suppliedGradient">[input.SuppliedCount, HiddenSize], overwritten with each row's sum over its uses; empty when it is not asked for.</param>
    void Backward(ReadOnlySpan<float> hiddenGradient, Span<float> sharedGradient, Span<float> suppliedGradient);
}
