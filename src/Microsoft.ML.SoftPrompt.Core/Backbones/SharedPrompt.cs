using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// A prompt in front of a causal model, computed once for many calls. It comes first and sees no data, so its keys and values are the same for
/// every series; the gradients that the series send to them are summed, and go back through the prompt's rows once.
/// </summary>
/// <remarks>Safe for calls from several threads at once. Dispose it when no call uses it any more, or leave it to the garbage collector.</remarks>
internal sealed unsafe class SharedPrompt : IDisposable
{
    internal SharedPrompt(TransformerBackbone backbone, ReadOnlyMemory<float> rows, bool training)
    {
        Backbone = backbone;
        Rows = rows;
        BackboneInput input = new(backbone.HiddenSize);
        input.Clear(rows, default);
        input.Add([], []);
        Tape = backbone.Record(input, training);
    }

    public TransformerBackbone Backbone { get; }

    /// <summary>Gets what the forward pass kept.</summary>
    internal TransformerTape Tape { get; }

    /// <summary>Gets the prompt's rows, [<see cref="Count"/>, d].</summary>
    public ReadOnlyMemory<float> Rows { get; }

    /// <summary>Gets the number of rows.</summary>
    public int Count => Tape.Plan.Rows;

    /// <summary>
    /// Gets the length of the gradient that a call sends here: of the rows' keys and values in every layer, and of the rows as they enter the
    /// last layer. A call's <see cref="IBackboneTape.Backward"/> writes it where the gradient of the shared rows would stand.
    /// </summary>
    public int GradientLength => Count * Backbone.PromptGradientSize;

    /// <summary>[rows, 2 · keyValueHeads · headSize] of a layer.</summary>
    internal float* KeyValue(int layer) => Tape.Layers[layer].KeyValue;

    /// <summary>[rows, d].</summary>
    internal float* LastInput => Tape.LastInput;

    /// <summary>Computes a prompt where that serves several calls.</summary>
    /// <param name="backbone">The model.</param>
    /// <param name="rows">The prompt, [rows, d]. Not copied; must not change while this is in use.</param>
    /// <param name="training">Whether <see cref="Backward"/> will be called.</param>
    /// <returns>The prompt, or null where the model is not causal or not of the engine's own, or the prompt has no rows.</returns>
    /// <exception cref="ArgumentException">The prompt has more rows than the model has positions.</exception>
    public static SharedPrompt? For(IBackbone backbone, ReadOnlyMemory<float> rows, bool training) =>
        backbone is TransformerBackbone { IsCausal: true } transformer && !rows.IsEmpty ? new SharedPrompt(transformer, rows, training) : null;

    /// <summary>Takes the sum of the calls' gradients back to the prompt's rows.</summary>
    /// <param name="gradient">[<see cref="GradientLength"/>].</param>
    /// <param name="rowsGradient">[rows, d], overwritten.</param>
    /// <exception cref="InvalidOperationException">The prompt was not computed for training.</exception>
    public void Backward(ReadOnlySpan<float> gradient, Span<float> rowsGradient)
    {
        if (gradient.Length != GradientLength || rowsGradient.Length != Rows.Length)
            throw new ArgumentException($"The gradients have {gradient.Length} and {rowsGradient.Length} components; a prompt of {Count} rows takes {GradientLength} and {Rows.Length}.", nameof(gradient));
        if (!Tape.Trains)
            throw new InvalidOperationException("The prompt was computed for scoring; its gradient needs one computed for training.");
        Backbone.Backward(Tape, gradient, rowsGradient);
    }

    public void Dispose() => Tape.Dispose();
}
