using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <content>The way back, from hidden states to rows. Weights are frozen and get no gradient.</content>
internal sealed unsafe partial class TransformerBackbone
{
    /// <summary>The way back of a call, from the wanted positions to the rows that went in.</summary>
    internal void Backward(TransformerTape tape, ReadOnlySpan<float> hiddenGradient, Span<float> sharedGradient, Span<float> suppliedGradient)
    {
        BackboneInput input = tape.Input;
        CheckGradient(hiddenGradient.Length, input.WantedCount, HiddenSize, optional: false, nameof(hiddenGradient));
        CheckGradient(sharedGradient.Length, input.SharedCount, input.Prompt is null ? HiddenSize : PromptGradientSize, optional: true, nameof(sharedGradient));
        CheckGradient(suppliedGradient.Length, input.SuppliedCount, HiddenSize, optional: true, nameof(suppliedGradient));
        sharedGradient.Clear();
        suppliedGradient.Clear();
        Workspace scratch = _pool.Rent();
        try
        {
            TransformerPlan plan = tape.Plan;
            RowGradients asked = new(input, plan, scratch, sharedGradient.Length > 0 && plan.Before == 0, suppliedGradient.Length > 0);
            PromptGradient toPrompt = sharedGradient.Length > 0 && plan.Before > 0 ? new PromptGradient(this, plan.Before, scratch) : default;
            if ((asked.Count == 0 && toPrompt.Rows == 0) || plan.WantedRows == 0)
                return;
            float* dx = scratch.Singles((nint)plan.WantedRows * _stride);
            for (int i = 0; i < plan.WantedRows; i++)
                hiddenGradient.Slice(i * HiddenSize, HiddenSize).CopyTo(new Span<float>(dx + (nint)i * _stride, HiddenSize));
            if (_shape.FinalNorm)
                NormBackward(_weights.FinalNorm, dx, plan.WantedRows, tape.FinalNorm);
            AddRows(Layers(tape, dx, asked, toPrompt, default, scratch), tape, asked, sharedGradient, suppliedGradient);
            if (toPrompt.Rows > 0 && tape.OwnsPrompt)
                BackwardPrompt(tape.Prompt!.Tape, toPrompt, sharedGradient, scratch);
            else if (toPrompt.Rows > 0)
                toPrompt.CopyTo(this, sharedGradient);
        }
        finally
        {
            _pool.Return(scratch);
            GC.KeepAlive(tape);
        }
    }

    /// <summary>The way back of a <see cref="SharedPrompt"/>, from what calls sent to its keys and values to its rows.</summary>
    internal void Backward(TransformerTape prompt, ReadOnlySpan<float> gradient, Span<float> rowsGradient)
    {
        rowsGradient.Clear();
        Workspace scratch = _pool.Rent();
        try
        {
            PromptGradient sent = new(this, prompt.Plan.Rows, scratch);
            sent.CopyFrom(this, gradient);
            BackwardPrompt(prompt, sent, rowsGradient, scratch);
        }
        finally
        {
            _pool.Return(scratch);
            GC.KeepAlive(prompt);
        }
    }

    private void BackwardPrompt(TransformerTape prompt, in PromptGradient sent, Span<float> rowsGradient, Workspace scratch)
    {
        RowGradients asked = new(prompt.Input, prompt.Plan, scratch, shared: true, supplied: false);
        AddRows(Layers(prompt, null, asked, default, sent, scratch), prompt, asked, rowsGradient, []);
    }

    private static void CheckGradient(int length, int rows, int width, bool optional, string name)
    {
        if (length != rows * width && !(optional && length == 0))
            throw new ArgumentException($"The gradient has {length} components; {rows} rows of {width} take {rows * width}.", name);
    }

    /// <summary>Takes the gradients behind the embedding the last step, and adds each where it belongs.</summary>
    private void AddRows(float* dx, TransformerTape tape, in RowGradients asked, Span<float> sharedGradient, Span<float> suppliedGradient)
    {
        using AlignedMemory.Lease lease = _weights.Use();
        for (int i = 0; i < asked.Count; i++)
        {
            float* dRow = dx + (nint)i * _stride;
            if (_shape.EmbeddingNorm)
                NormBackward(_weights.EmbeddingNorm, dRow, 1, tape.EmbeddingNorm.From(asked.Rows[i], _stride));
            int target = asked.Targets[i];
            Span<float> sum = target >= 0
                ? sharedGradient.Slice(target * HiddenSize, HiddenSize)
                : suppliedGradient.Slice(~target * HiddenSize, HiddenSize);
            for (int j = 0; j < sum.Length; j++)
                sum[j] += dRow[j];
        }
    }

    /// <summary>The way back through all layers.</summary>
    /// <param name="tape">What the forward pass kept.</param>
    /// <param name="dx">The gradient at the wanted rows behind the last layer, [wanted, d]; overwritten.</param>
    /// <param name="asked">The rows whose gradient is asked for.</param>
    /// <param name="toPrompt">Receives what goes to a prompt computed before; empty where it is not asked for.</param>
    /// <param name="sent">What calls sent to this prompt; empty but for a prompt.</param>
    /// <param name="scratch">Scratch.</param>
    /// <returns>The gradient at the rows asked for, as they entered the first layer, [asked, d].</returns>
    private float* Layers(TransformerTape tape, float* dx, in RowGradients asked, in PromptGradient toPrompt, in PromptGradient sent, Workspace scratch)
    {
        using AlignedMemory.Lease lease = _weights.Use(), transposes = _weights.UseTransposed();
        TransformerPlan plan = tape.Plan;
        AttentionScratch attention = new(_kernels, scratch, plan.Longest, _shape.HeadSize, backward: true, _shape.SoftCap > 0);
        BackwardBuffers buffers = new(this, plan, scratch);
        for (int layer = _layers - 1; layer >= 0; layer--)
        {
            bool last = layer == _layers - 1;
            int queries = last ? plan.WantedRows : plan.Rows;
            LayerTape kept = tape.Layers[layer];
            FeedForwardBackward(layer, queries, dx, kept, buffers);
            AttendBackward(layer, plan, last, queries, kept, buffers, attention, tape.Prompt, toPrompt);
            if (sent.Rows > 0)
                _kernels.Add(buffers.KeyValue, sent.KeyValue(this, layer), (nint)plan.Rows * _pairStride);
            Rotate(layer, plan, last, queries, buffers.Turns, buffers.Query, buffers.KeyValue, back: true);
            if (_shape.QueryKeyNorms)
            {
                NormHeadsBackward(_weights.Norms[layer].Query, buffers.Query, queries, _shape.Heads, _queryStride, kept.QueryNorm);
                NormHeadsBackward(_weights.Norms[layer].Key, buffers.KeyValue, plan.Rows, _shape.KeyValueHeads, _pairStride, kept.KeyNorm);
            }
            if (last)
            {
                dx = buffers.Rows;
                LastInputBackward(layer, plan, kept, buffers, toPrompt);
                if (sent.Rows > 0)
                    _kernels.Add(dx, sent.LastInput(this), (nint)plan.Rows * _stride);
                if (layer == 0)
                    dx = Gather(dx, asked.Rows, asked.Count, _stride, scratch);
            }
            else if (layer > 0)
            {
                InputBackward(layer, queries, buffers.Query, buffers.KeyValue, buffers.Middle, kept.Attention, dx);
            }
            else
            {
                // Only the rows asked for go the last step.
                int* rows = asked.Rows;
                float* residual = Gather(buffers.Middle, rows, asked.Count, _stride, scratch); // [asked, d]
                dx = scratch.Singles((nint)asked.Count * _stride);
                InputBackward(
                    layer, asked.Count, Gather(buffers.Query, rows, asked.Count, _queryStride, scratch), Gather(buffers.KeyValue, rows, asked.Count, _pairStride, scratch),
                    residual, Gather(kept.Attention, rows, asked.Count, scratch), dx);
            }
        }
        return dx;
    }

    /// <summary>From the gradient behind a layer to that in front of its feed-forward part, buffers.Middle.</summary>
    private void FeedForwardBackward(int layer, int queries, float* dx, in LayerTape kept, in BackwardBuffers buffers)
    {
        LayerMatrices w = _weights.Transposed[layer];
        LayerNorms norms = _weights.Norms[layer];
        bool behind = _shape.Norms == NormPlacement.Behind;
        if (behind)
            NormBackward(norms.FeedForward, dx, queries, kept.FeedForward);
        for (int from = 0; from < queries; from += FeedForwardRows)
        {
            int rows = Math.Min(FeedForwardRows, queries - from);
            nint at = (nint)from * _stride, wide = (nint)rows * _wideStride, keptAt = (nint)from * _wideStride;
            float* dResult = dx + at, dMiddle = buffers.Middle + at;
            if (_shape.Norms == NormPlacement.Around)
            {
                Copy(dResult, rows, _stride, buffers.Behind);
                dResult = buffers.Behind;
                NormBackward(norms.BehindFeedForward, dResult, rows, kept.BehindFeedForward.From(from, _stride));
            }
            _kernels.Multiply(w.Down, dResult, _stride, 1, rows, null, buffers.Wide, _wideStride); // [rows, wide]
            float* dUp = buffers.Wide;
            if (_shape.Gated)
            {
                _kernels.Multiply(buffers.Wide, kept.Gate + keptAt, buffers.Up, wide);
                dUp = buffers.Up;
            }
            _kernels.MultiplyBy(buffers.Wide, kept.Slope + keptAt, wide);
            _kernels.Multiply(_shape.Gated ? w.Gate : w.Up, buffers.Wide, _wideStride, 1, rows, behind ? dx + at : null, dMiddle, _stride); // [rows, d]
            if (_shape.Gated)
                _kernels.Multiply(w.Up, dUp, _wideStride, 1, rows, dMiddle, dMiddle, _stride);
            if (!behind)
            {
                NormBackward(norms.FeedForward, dMiddle, rows, kept.FeedForward.From(from, _stride));
                _kernels.Add(dMiddle, dx + at, (nint)rows * _stride);
            }
        }
    }

    /// <summary>From buffers.Middle to the gradients of queries, keys and values as attention took them.</summary>
    private void AttendBackward(
        int layer, in TransformerPlan plan, bool last, int queries, in LayerTape kept, in BackwardBuffers buffers, in AttentionScratch attention, SharedPrompt? prompt, in PromptGradient toPrompt)
    {
        LayerNorms norms = _weights.Norms[layer];
        float* dOutput = buffers.Middle;
        if (_shape.Norms == NormPlacement.Behind)
        {
            NormBackward(norms.Attention, dOutput, queries, kept.Attention);
        }
        else if (_shape.Norms == NormPlacement.Around)
        {
            Copy(dOutput, queries, _stride, buffers.Behind);
            dOutput = buffers.Behind;
            NormBackward(norms.BehindAttention, dOutput, queries, kept.BehindAttention);
        }
        _kernels.Multiply(_weights.Transposed[layer].Output, dOutput, _stride, 1, queries, null, buffers.Context, _queryStride); // [queries, heads · headSize]
        for (int s = 0; s < plan.Series; s++)
        {
            AttentionShape shape = Attending(layer, plan, last, s, out int query);
            int rows = plan.Starts[s + 1] - plan.Starts[s];
            float* dOwn = buffers.KeyValue + (nint)plan.Starts[s] * _pairStride; // [rows, 2 · keyValueHeads · headSize]
            if (shape.Queries == 0)
            {
                new Span<float>(dOwn, rows * _pairStride).Clear();
                continue;
            }
            nint at = (nint)query * _queryStride;
            float* key = Keys(layer, plan, s, prompt, kept.KeyValue, buffers.Joined), dKey = prompt is null ? dOwn : buffers.JoinedGradient;
            int* positions = (last ? plan.WantedPositions : plan.Positions) + query;
            Attention.Backward(
                _kernels, attention, shape, positions, kept.Query + at, key, key + _shape.KeySize, buffers.Context + at, buffers.Query + at, dKey, dKey + _shape.KeySize);
            if (prompt is null)
                continue;
            Copy(dKey + (nint)plan.Before * _pairStride, rows, _pairStride, dOwn);
            if (toPrompt.Rows > 0)
                _kernels.Add(toPrompt.KeyValue(this, layer), dKey, (nint)plan.Before * _pairStride);
        }
    }

    /// <summary>From the gradients of queries, keys and values to that of a layer's input, the residual's included.</summary>
    private void InputBackward(int layer, int rows, float* dQuery, float* dKeyValue, float* residual, NormTape norm, float* dx)
    {
        LayerMatrices w = _weights.Transposed[layer];
        bool behind = _shape.Norms == NormPlacement.Behind;
        _kernels.Multiply(w.Query, dQuery, _queryStride, 1, rows, behind ? residual : null, dx, _stride); // [rows, d]
        _kernels.Multiply(w.KeyValue, dKeyValue, _pairStride, 1, rows, dx, dx, _stride);
        if (behind)
            return;
        NormBackward(_weights.Norms[layer].Attention, dx, rows, norm);
        _kernels.Add(dx, residual, (nint)rows * _stride);
    }

    /// <summary>As <see cref="InputBackward"/> for the last layer, to buffers.Rows: the positions that did not ask still answered, as keys and values.</summary>
    private void LastInputBackward(int layer, in TransformerPlan plan, in LayerTape kept, in BackwardBuffers buffers, in PromptGradient toPrompt)
    {
        LayerMatrices w = _weights.Transposed[layer];
        bool behind = _shape.Norms == NormPlacement.Behind;
        float* dAsking = behind ? buffers.Middle : buffers.Behind; // [wanted, d]
        _kernels.Multiply(w.Query, buffers.Query, _queryStride, 1, plan.WantedRows, behind ? dAsking : null, dAsking, _stride);
        _kernels.Multiply(w.KeyValue, buffers.KeyValue, _pairStride, 1, plan.Rows, null, buffers.Rows, _stride); // [rows, d]
        if (!behind)
        {
            NormBackward(_weights.Norms[layer].Attention, dAsking, plan.WantedRows, kept.Asking);
            _kernels.Add(dAsking, buffers.Middle, (nint)plan.WantedRows * _stride);
            NormBackward(_weights.Norms[layer].Attention, buffers.Rows, plan.Rows, kept.Attention);
        }
        for (int i = 0; i < plan.WantedRows; i++)
        {
            int row = plan.Wanted[i];
            if (row >= 0)
                _kernels.Add(buffers.Rows + (nint)row * _stride, dAsking + (nint)i * _stride, _stride);
            else if (toPrompt.Rows > 0)
                _kernels.Add(toPrompt.LastInput(this) + (nint)~row * _stride, dAsking + (nint)i * _stride, _stride);
        }
    }

    private void NormBackward(NormWeights norm, float* dy, int rows, NormTape kept)
    {
        if (_shape.RootMeanSquare)
            _kernels.RmsNormBackward(dy, rows, HiddenSize, _stride, norm.Gamma, kept.Normalised, kept.Inverse);
        else
            _kernels.LayerNormBackward(dy, rows, HiddenSize, _stride, norm.Gamma, kept.Normalised, kept.Inverse);
    }

    private void NormHeadsBackward(NormWeights norm, float* dy, int rows, int heads, int stride, NormTape kept)
    {
        for (int head = 0; head < heads; head++)
        {
            NormTape of = HeadTape(kept, head, rows);
            _kernels.RmsNormBackward(dy + (nint)head * _shape.HeadSize, rows, _shape.HeadSize, stride, norm.Gamma, of.Normalised, of.Inverse);
        }
    }

    private NormTape Gather(NormTape kept, int* rows, int count, Workspace scratch)
    {
        if (_shape.Norms == NormPlacement.Behind)
            return default;
        float* inverse = scratch.Singles(count);
        for (int i = 0; i < count; i++)
            inverse[i] = kept.Inverse[rows[i]];
        return new NormTape(Gather(kept.Normalised, rows, count, _stride, scratch), inverse);
    }
}
