using System.Collections.Concurrent;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <content>The way from rows to hidden states.</content>
internal sealed unsafe partial class TransformerBackbone
{
    /// <summary>Multiply-adds from which on a call without a tape is worth a second thread: some 0.1 ms of one.</summary>
    private const double CrewWork = 5e6;

    /// <summary>More phases than the attention of a layer has, and than its feed-forward part has for a block of rows.</summary>
    private const int AttendPhases = 16, FeedForwardPhases = 8;

    /// <summary>Rows that a thread of a crew takes at a time where rows stand alone.</summary>
    private const int CrewRows = 8;

    private readonly ConcurrentBag<ForwardCall> _calls = [];

    private void Run(BackboneInput input, Span<float> hidden, in TransformerPlan plan, Workspace scratch, SharedPrompt? prompt, TransformerTape? tape)
    {
        int threads = Scheduler.BeginCall();
        try
        {
            using AlignedMemory.Lease lease = _weights.Use();
            bool sharesWork = tape is null && plan.Rows * _weights.MultiplyAddsOfARow >= CrewWork;
            Run(input, hidden, plan, scratch, prompt, tape, sharesWork ? threads : 1);
        }
        finally
        {
            Scheduler.EndCall();
        }
    }

    private void Run(BackboneInput input, Span<float> hidden, in TransformerPlan plan, Workspace scratch, SharedPrompt? prompt, TransformerTape? tape, int threads)
    {
        bool training = tape is { Trains: true };
        if (!_calls.TryTake(out ForwardCall? call))
            call = new ForwardCall(this);
        call.Plan = plan;
        call.Prompt = prompt;
        call.Tape = tape;
        call.Embedded = Embed(input, plan, scratch, training ? tape : null);
        call.Buffers = new ForwardBuffers(this, plan, scratch, training);
        call.Reserve(threads, scratch);
        if (threads == 1)
        {
            CrewMember alone = default;
            call.Run(ref alone);
        }
        else
        {
            int blocks = (plan.Rows + FeedForwardRows - 1) / FeedForwardRows;
            call.Crew.Run(call, threads, (_layers + 1) * (AttendPhases + blocks * FeedForwardPhases));
        }
        for (int i = 0; i < plan.WantedRows; i++)
            new ReadOnlySpan<float>(call.Result + (nint)i * _stride, HiddenSize).CopyTo(hidden.Slice(i * HiddenSize, HiddenSize));
        call.Prompt = null;
        call.Tape = null;
        _calls.Add(call);
        GC.KeepAlive(prompt);
    }

    private void RunLayers(ForwardCall call, ref CrewMember member)
    {
        TransformerPlan plan = call.Plan;
        ForwardBuffers buffers = call.Buffers;
        TransformerTape? tape = call.Tape;
        bool training = tape is { Trains: true };
        float* x = call.Embedded; // [rows, d]
        for (int layer = 0; layer < _layers; layer++)
        {
            // Behind the last layer nobody looks at the other positions: there they are keys and values only.
            bool last = layer == _layers - 1;
            int queries = last ? plan.WantedRows : plan.Rows;
            float* asking = x; // [queries, d]
            if (last)
            {
                if (tape is not null && plan.WantedRows == 0)
                    tape.LastInput = Keep(x, plan.Rows, tape.Memory);
                asking = buffers.Asking;
                member.Begin(1);
                while (member.Next(out _))
                    Gather(x, plan.Wanted, queries, _stride, asking, call.Prompt is null ? null : call.Prompt.LastInput);
            }
            LayerTape kept = training ? Keep(tape!.Memory, plan.Rows, queries, last) : buffers.Reused;
            if (tape is { Trains: false })
                kept.KeyValue = tape.Memory.Singles((nint)plan.Rows * _pairStride);
            Attend(ref member, layer, call, last, queries, x, asking, kept);
            FeedForward(ref member, layer, queries, asking, kept, buffers, training);
            if (tape is not null)
                tape.Layers[layer] = kept;
            x = asking;
        }
        if (_shape.FinalNorm)
        {
            NormTape kept = training ? KeepNorm(tape!.Memory, plan.WantedRows) : default;
            Norm(ref member, _weights.FinalNorm, x, plan.WantedRows, x, kept);
            if (training)
                tape!.FinalNorm = kept;
        }
        call.Result = x;
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
        CrewMember alone = default;
        Norm(ref alone, _weights.EmbeddingNorm, x, plan.Rows, x, kept);
        if (tape is not null)
            tape.EmbeddingNorm = kept;
        return x;
    }

    /// <summary>A layer's attention with its norms and residual sum: from <paramref name="x"/> and the rows that ask to buffers.Middle.</summary>
    private void Attend(ref CrewMember member, int layer, ForwardCall call, bool last, int queries, float* x, float* asking, in LayerTape kept)
    {
        TransformerPlan plan = call.Plan;
        ForwardBuffers buffers = call.Buffers;
        LayerMatrices w = _weights.Layers[layer];
        LayerNorms norms = _weights.Norms[layer];
        float* inner = x, innerAsking = asking;
        if (_shape.Norms != NormPlacement.Behind)
        {
            inner = innerAsking = buffers.Normed;
            Norm(ref member, norms.Attention, x, plan.Rows, inner, kept.Attention);
            if (last)
            {
                innerAsking = buffers.NormedAsking;
                Norm(ref member, norms.Attention, asking, queries, innerAsking, kept.Asking);
            }
        }
        Product(ref member, w.Query, innerAsking, _stride, queries, null, kept.Query, _queryStride); // [queries, heads · headSize]
        Product(ref member, w.KeyValue, inner, _stride, plan.Rows, null, kept.KeyValue, _pairStride); // [rows, 2 · keyValueHeads · headSize]
        if (_shape.QueryKeyNorms)
        {
            NormHeads(ref member, norms.Query, kept.Query, queries, _shape.Heads, _queryStride, kept.QueryNorm);
            NormHeads(ref member, norms.Key, kept.KeyValue, plan.Rows, _shape.KeyValueHeads, _pairStride, kept.KeyNorm);
        }
        if (HasTurns(layer))
        {
            member.Begin(1);
            while (member.Next(out _))
                Rotate(layer, plan, last, queries, buffers.Turns, kept.Query, kept.KeyValue, back: false);
        }
        // A crew shares a series' heads, those that ask the same keys together.
        int parts = member.IsAlone ? 1 : _shape.KeyValueHeads, heads = _shape.Heads / parts;
        member.Begin(plan.Series * parts);
        while (member.Next(out int item))
        {
            int s = item / parts;
            AttentionShape shape = Attending(layer, plan, last, s, out int query);
            if (shape.Queries == 0)
                continue;
            MemberScratch own = call.Members[member.Index];
            nint at = (nint)query * _queryStride;
            float* key = Keys(layer, plan, s, call.Prompt, kept.KeyValue, own.Joined);
            int* positions = (last ? plan.WantedPositions : plan.Positions) + query;
            Attention.Forward(_kernels, own.Attention, shape, item % parts * heads, heads, positions, kept.Query + at, key, key + _shape.KeySize, buffers.Context + at);
        }
        float* middle = buffers.Middle; // [queries, d]
        bool around = _shape.Norms == NormPlacement.Around;
        Product(ref member, w.Output, buffers.Context, _queryStride, queries, around ? null : asking, middle, _stride);
        if (around)
        {
            Norm(ref member, norms.BehindAttention, middle, queries, middle, kept.BehindAttention);
            Add(ref member, middle, asking, queries);
        }
        if (_shape.Norms == NormPlacement.Behind)
            Norm(ref member, norms.Attention, middle, queries, middle, kept.Attention);
    }

    /// <summary>A layer's feed-forward part with its norms and residual sum: from buffers.Middle to <paramref name="result"/>.</summary>
    private void FeedForward(ref CrewMember member, int layer, int queries, float* result, in LayerTape kept, in ForwardBuffers buffers, bool training)
    {
        LayerMatrices w = _weights.Layers[layer];
        LayerNorms norms = _weights.Norms[layer];
        bool behind = _shape.Norms == NormPlacement.Behind, around = _shape.Norms == NormPlacement.Around;
        for (int from = 0; from < queries; from += FeedForwardRows)
        {
            int rows = Math.Min(FeedForwardRows, queries - from);
            nint at = (nint)from * _stride, keptAt = training ? (nint)from * _wideStride : 0;
            float* middle = buffers.Middle + at, inner = middle;
            if (!behind)
            {
                inner = buffers.Normed;
                Norm(ref member, norms.FeedForward, middle, rows, inner, kept.FeedForward.From(from, _stride));
            }
            Product(ref member, w.Up, inner, _stride, rows, null, buffers.Wide, _wideStride); // [rows, wide]
            if (_shape.Gated)
                Product(ref member, w.Gate, inner, _stride, rows, null, kept.Gate + keptAt, _wideStride); // [rows, wide]
            Activate(ref member, rows, buffers.Wide, kept.Gate + keptAt, training ? kept.Slope + keptAt : null);
            Product(ref member, w.Down, buffers.Wide, _wideStride, rows, around ? null : middle, result + at, _stride); // [rows, d]
            if (around)
            {
                Norm(ref member, norms.BehindFeedForward, result + at, rows, result + at, kept.BehindFeedForward.From(from, _stride));
                Add(ref member, result + at, middle, rows);
            }
        }
        if (behind)
            Norm(ref member, norms.FeedForward, result, queries, result, kept.FeedForward);
    }

    // ---- phases: a crew shares a product's panels, and elsewhere the rows ----

    /// <summary>c = a · w + bias + addend.</summary>
    private void Product(ref CrewMember member, in PackedMatrix w, float* a, int aStride, int rows, float* addend, float* c, int cStride)
    {
        int panel = member.IsAlone ? w.Columns : _kernels.PanelWidth;
        member.Begin((w.Columns + panel - 1) / panel);
        while (member.Next(out int item))
        {
            int column = item * panel;
            _kernels.Multiply(w.Part(column, Math.Min(panel, w.Columns - column), _kernels.PanelWidth), a, aStride, 1, rows, addend == null ? null : addend + column, c + column, cStride);
        }
    }

    /// <summary>The rows of a phase's items, all in one where a thread is alone.</summary>
    private static int RowsOfItem(in CrewMember member, int rows) => member.IsAlone ? Math.Max(1, rows) : CrewRows;

    private void Norm(ref CrewMember member, NormWeights norm, float* x, int rows, float* y, NormTape kept)
    {
        int most = RowsOfItem(member, rows);
        member.Begin((rows + most - 1) / most);
        while (member.Next(out int item))
        {
            int from = item * most, count = Math.Min(most, rows - from);
            nint at = (nint)from * _stride;
            NormTape part = kept.From(from, _stride);
            if (_shape.RootMeanSquare)
                _kernels.RmsNorm(x + at, count, HiddenSize, _stride, norm.Gamma, _shape.NormEpsilon, y + at, part.Normalised, part.Inverse);
            else
                _kernels.LayerNorm(x + at, count, HiddenSize, _stride, norm.Gamma, norm.Beta, _shape.NormEpsilon, y + at, part.Normalised, part.Inverse);
        }
    }

    private void NormHeads(ref CrewMember member, NormWeights norm, float* x, int rows, int heads, int stride, NormTape kept)
    {
        member.Begin(heads);
        while (member.Next(out int head))
        {
            NormTape of = HeadTape(kept, head, rows);
            float* at = x + (nint)head * _shape.HeadSize;
            _kernels.RmsNorm(at, rows, _shape.HeadSize, stride, norm.Gamma, _shape.NormEpsilon, at, of.Normalised, of.Inverse);
        }
    }

    private void Add(ref CrewMember member, float* x, float* y, int rows)
    {
        int most = RowsOfItem(member, rows);
        member.Begin((rows + most - 1) / most);
        while (member.Next(out int item))
        {
            int from = item * most;
            _kernels.Add(x + (nint)from * _stride, y + (nint)from * _stride, (nint)Math.Min(most, rows - from) * _stride);
        }
    }

    private void Activate(ref CrewMember member, int rows, float* wide, float* gate, float* slope)
    {
        int most = RowsOfItem(member, rows);
        member.Begin((rows + most - 1) / most);
        while (member.Next(out int item))
        {
            nint from = (nint)item * most * _wideStride, count = (nint)Math.Min(most, rows - item * most) * _wideStride;
            float* slopeAt = slope == null ? null : slope + from;
            if (_shape.Gated)
                _kernels.ActivateGate(_shape.Activation, gate + from, wide + from, count, slopeAt);
            else
                _kernels.Activate(_shape.Activation, wide + from, count, slopeAt);
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
}
