using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <content>The way from rows to hidden states.</content>
internal sealed unsafe partial class TransformerBackbone
{
    private void Run(BackboneInput input, Span<float> hidden, in TransformerPlan plan, Workspace scratch, SharedPrompt? prompt, TransformerTape? tape)
    {
        using AlignedMemory.Lease lease = _weights.Use();
        bool training = tape is { Trains: true };
        float* x = Embed(input, plan, scratch, training ? tape : null); // [rows, d]
        AttentionScratch attention = new(_kernels, scratch, plan.Longest, _shape.HeadSize, backward: false);
        ForwardBuffers buffers = new(this, plan, scratch, training);
        for (int layer = 0; layer < _layers; layer++)
        {
            // Behind the last layer nobody looks at the other positions: there they are keys and values only.
            bool last = layer == _layers - 1;
            int queries = last ? plan.WantedRows : plan.Rows;
            if (last && tape is not null && plan.WantedRows == 0)
                tape.LastInput = Keep(x, plan.Rows, tape.Memory);
            float* asking = last ? Gather(x, plan.Wanted, queries, _stride, scratch, prompt is null ? null : prompt.LastInput) : x; // [queries, d]
            LayerTape kept = training ? Keep(tape!.Memory, plan.Rows, queries, last) : buffers.Reused;
            if (tape is { Trains: false })
                kept.KeyValue = tape.Memory.Singles((nint)plan.Rows * _pairStride);
            Attend(layer, plan, last, queries, x, asking, kept, buffers, attention, prompt);
            FeedForward(layer, queries, asking, kept, buffers, training);
            if (tape is not null)
                tape.Layers[layer] = kept;
            x = asking;
        }
        if (_shape.FinalNorm)
        {
            NormTape kept = training ? KeepNorm(tape!.Memory, plan.WantedRows) : default;
            Norm(_weights.FinalNorm, x, plan.WantedRows, x, kept);
            if (training)
                tape!.FinalNorm = kept;
        }
        for (int i = 0; i < plan.WantedRows; i++)
            new ReadOnlySpan<float>(x + (nint)i * _stride, HiddenSize).CopyTo(hidden.Slice(i * HiddenSize, HiddenSize));
        GC.KeepAlive(prompt);
    }

    /// <summary>The rows as they enter the first layer: with their positions and types, behind the norm, where the model has them. [rows, d]</summary>
    private float* Embed(BackboneInput input, in TransformerPlan plan, Workspace scratch, TransformerTape? tape)
    {
        float* x = scratch.Singles((nint)plan.Rows * _stride);
        ReadOnlySpan<float> shared = input.SharedRows.Span, supplied = input.SuppliedRows.Span;
        int inFront = input.SharedCount - plan.Before;
        for (int s = 0; s < plan.Series; s++)
        {
            ReadOnlySpan<int> positions = input.Positions(s);
            int length = plan.Starts[s + 1] - plan.Starts[s];
            for (int i = 0; i < length; i++)
            {
                float* row = x + (nint)(plan.Starts[s] + i) * _stride;
                Span<float> target = new(row, HiddenSize);
                int position = i < inFront ? 0 : positions[i - inFront];
                if (i < inFront)
                    shared.Slice(i * HiddenSize, HiddenSize).CopyTo(target);
                else if (position < 0)
                    supplied.Slice(~position * HiddenSize, HiddenSize).CopyTo(target);
                else
                    _weights.Tokens.CopyRow(position, target);
                if (_shape.EmbedsPositions)
                    _kernels.Add(row, _weights.Positions + (nint)(plan.Before + i) * _stride, _stride);
            }
        }
        if (!_shape.EmbeddingNorm)
            return x;
        NormTape kept = tape is null ? default : KeepNorm(tape.Memory, plan.Rows);
        Norm(_weights.EmbeddingNorm, x, plan.Rows, x, kept);
        if (tape is not null)
            tape.EmbeddingNorm = kept;
        return x;
    }

    /// <summary>A layer's attention with its norms and residual sum: from <paramref name="x"/> and the rows that ask to buffers.Middle.</summary>
    private void Attend(
        int layer, in TransformerPlan plan, bool last, int queries, float* x, float* asking, in LayerTape kept, in ForwardBuffers buffers, in AttentionScratch attention, SharedPrompt? prompt)
    {
        LayerMatrices w = _weights.Layers[layer];
        LayerNorms norms = _weights.Norms[layer];
        float* inner = x, innerAsking = asking;
        if (_shape.Norms != NormPlacement.Behind)
        {
            inner = innerAsking = buffers.Normed;
            Norm(norms.Attention, x, plan.Rows, inner, kept.Attention);
            if (last)
            {
                innerAsking = buffers.NormedAsking;
                Norm(norms.Attention, asking, queries, innerAsking, kept.Asking);
            }
        }
        _kernels.Multiply(w.Query, innerAsking, _stride, 1, queries, null, kept.Query, _queryStride); // [queries, heads · headSize]
        _kernels.Multiply(w.KeyValue, inner, _stride, 1, plan.Rows, null, kept.KeyValue, _pairStride); // [rows, 2 · keyValueHeads · headSize]
        if (_shape.QueryKeyNorms)
        {
            NormHeads(norms.Query, kept.Query, queries, _shape.Heads, _queryStride, kept.QueryNorm);
            NormHeads(norms.Key, kept.KeyValue, plan.Rows, _shape.KeyValueHeads, _pairStride, kept.KeyNorm);
        }
        Rotate(layer, plan, last, queries, buffers.Turns, kept.Query, kept.KeyValue, back: false);
        for (int s = 0; s < plan.Series; s++)
        {
            AttentionShape shape = Attending(layer, plan, last, s, out int query);
            if (shape.Queries == 0)
                continue;
            nint at = (nint)query * _queryStride;
            float* key = Keys(layer, plan, s, prompt, kept.KeyValue, buffers.Joined);
            int* positions = (last ? plan.WantedPositions : plan.Positions) + query;
            Attention.Forward(_kernels, attention, shape, positions, kept.Query + at, key, key + _shape.KeySize, buffers.Context + at);
        }
        float* middle = buffers.Middle; // [queries, d]
        bool around = _shape.Norms == NormPlacement.Around;
        _kernels.Multiply(w.Output, buffers.Context, _queryStride, 1, queries, around ? null : asking, middle, _stride);
        if (around)
        {
            Norm(norms.BehindAttention, middle, queries, middle, kept.BehindAttention);
            _kernels.Add(middle, asking, (nint)queries * _stride);
        }
        if (_shape.Norms == NormPlacement.Behind)
            Norm(norms.Attention, middle, queries, middle, kept.Attention);
    }

    /// <summary>A layer's feed-forward part with its norms and residual sum: from buffers.Middle to <paramref name="result"/>.</summary>
    private void FeedForward(int layer, int queries, float* result, in LayerTape kept, in ForwardBuffers buffers, bool training)
    {
        LayerMatrices w = _weights.Layers[layer];
        LayerNorms norms = _weights.Norms[layer];
        bool behind = _shape.Norms == NormPlacement.Behind, around = _shape.Norms == NormPlacement.Around;
        for (int from = 0; from < queries; from += FeedForwardRows)
        {
            int rows = Math.Min(FeedForwardRows, queries - from);
            nint at = (nint)from * _stride, wide = (nint)rows * _wideStride, keptAt = training ? (nint)from * _wideStride : 0;
            float* middle = buffers.Middle + at, inner = middle;
            if (!behind)
            {
                inner = buffers.Normed;
                Norm(norms.FeedForward, middle, rows, inner, kept.FeedForward.From(from, _stride));
            }
            _kernels.Multiply(w.Up, inner, _stride, 1, rows, null, buffers.Wide, _wideStride); // [rows, wide]
            float* slope = training ? kept.Slope + keptAt : null;
            if (_shape.Gated)
            {
                _kernels.Multiply(w.Gate, inner, _stride, 1, rows, null, kept.Gate + keptAt, _wideStride); // [rows, wide]
                _kernels.ActivateGate(_shape.Activation, kept.Gate + keptAt, buffers.Wide, wide, slope);
            }
            else
            {
                _kernels.Activate(_shape.Activation, buffers.Wide, wide, slope);
            }
            _kernels.Multiply(w.Down, buffers.Wide, _wideStride, 1, rows, around ? null : middle, result + at, _stride); // [rows, d]
            if (around)
            {
                Norm(norms.BehindFeedForward, result + at, rows, result + at, kept.BehindFeedForward.From(from, _stride));
                _kernels.Add(result + at, middle, (nint)rows * _stride);
            }
        }
        if (behind)
            Norm(norms.FeedForward, result, queries, result, kept.FeedForward);
    }

    private void Norm(NormWeights norm, float* x, int rows, float* y, NormTape kept)
    {
        if (_shape.RootMeanSquare)
            _kernels.RmsNorm(x, rows, HiddenSize, _stride, norm.Gamma, _shape.NormEpsilon, y, kept.Normalised, kept.Inverse);
        else
            _kernels.LayerNorm(x, rows, HiddenSize, _stride, norm.Gamma, norm.Beta, _shape.NormEpsilon, y, kept.Normalised, kept.Inverse);
    }

    private void NormHeads(NormWeights norm, float* x, int rows, int heads, int stride, NormTape kept)
    {
        for (int head = 0; head < heads; head++)
        {
            NormTape of = HeadTape(kept, head, rows);
            float* at = x + (nint)head * _shape.HeadSize;
            _kernels.RmsNorm(at, rows, _shape.HeadSize, stride, norm.Gamma, _shape.NormEpsilon, at, of.Normalised, of.Inverse);
        }
    }

    private NormTape HeadTape(NormTape kept, int head, int rows) =>
        kept.Normalised == null ? kept : new(kept.Normalised + (nint)head * _shape.HeadSize, kept.Inverse + (nint)head * rows);

    // ---- memory ----

    private LayerTape Keep(Workspace memory, int rows, int queries, bool last)
    {
        bool behind = _shape.Norms == NormPlacement.Behind, around = _shape.Norms == NormPlacement.Around;
        return new LayerTape
        {
            Query = memory.Singles((nint)queries * _queryStride),
            KeyValue = memory.Singles((nint)rows * _pairStride),
            Attention = KeepNorm(memory, behind ? queries : rows),
            Asking = last && !behind ? KeepNorm(memory, queries) : default,
            BehindAttention = around ? KeepNorm(memory, queries) : default,
            FeedForward = KeepNorm(memory, queries),
            BehindFeedForward = around ? KeepNorm(memory, queries) : default,
            QueryNorm = _shape.QueryKeyNorms ? new(memory.Singles((nint)queries * _queryStride), memory.Singles((nint)queries * _shape.Heads)) : default,
            KeyNorm = _shape.QueryKeyNorms ? new(memory.Singles((nint)rows * _pairStride), memory.Singles((nint)rows * _shape.KeyValueHeads)) : default,
            Slope = memory.Singles((nint)queries * _wideStride),
            Gate = _shape.Gated ? memory.Singles((nint)queries * _wideStride) : null,
        };
    }

    private NormTape KeepNorm(Workspace memory, int rows) => new(memory.Singles((nint)rows * _stride), memory.Singles(rows));

    private float* Keep(float* x, int rows, Workspace memory)
    {
        float* kept = memory.Singles((nint)rows * _stride);
        Copy(x, rows, _stride, kept);
        return kept;
    }

    /// <summary>Scratch that every layer of a call uses again.</summary>
    private readonly struct ForwardBuffers
    {
        /// <summary>[queries, heads · headSize]; [queries, d].</summary>
        public readonly float* Context, Middle;

        /// <summary>[<see cref="FeedForwardRows"/>, wide].</summary>
        public readonly float* Wide;

        /// <summary>[rows, d] and [wanted rows, d]: behind a norm that stands in front.</summary>
        public readonly float* Normed, NormedAsking;

        /// <summary>[longest, 2 · keyValueHeads · headSize]: a series' keys and values behind the prompt's.</summary>
        public readonly float* Joined;

        public readonly float* Turns;

        /// <summary>Stands in for a tape where none is kept.</summary>
        public readonly LayerTape Reused;

        public ForwardBuffers(TransformerBackbone model, in TransformerPlan plan, Workspace scratch, bool training)
        {
            nint rows = Math.Max(plan.Rows, plan.WantedRows), block = Math.Min(FeedForwardRows, rows);
            Context = scratch.Singles(rows * model._queryStride);
            Middle = scratch.Singles(rows * model._stride);
            Wide = scratch.Singles(block * model._wideStride);
            bool behind = model._shape.Norms == NormPlacement.Behind;
            Normed = behind ? null : scratch.Singles(rows * model._stride);
            NormedAsking = behind ? null : scratch.Singles((nint)plan.WantedRows * model._stride);
            Joined = plan.Before > 0 ? scratch.Singles((nint)plan.Longest * model._pairStride) : null;
            Turns = model.Turns(plan, scratch);
            if (training)
                return;
            Reused = new LayerTape
            {
                Query = scratch.Singles(rows * model._queryStride),
                KeyValue = scratch.Singles(rows * model._pairStride),
                Gate = model._shape.Gated ? scratch.Singles(block * model._wideStride) : null,
            };
        }
    }
}
