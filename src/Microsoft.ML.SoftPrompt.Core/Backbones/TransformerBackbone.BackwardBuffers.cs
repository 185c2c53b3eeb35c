using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <content>What the way back computes in, and where gradients go.</content>
internal sealed unsafe partial class TransformerBackbone
{
    /// <summary>Scratch that every layer of a way back uses again.</summary>
    private readonly struct BackwardBuffers
    {
        /// <summary>[queries, d]: in front of the feed-forward part.</summary>
        public readonly float* Middle;

        /// <summary>[queries, d]: in front of a norm that stands behind a part, or behind one that stands in front.</summary>
        public readonly float* Behind;

        /// <summary>[queries, heads · headSize].</summary>
        public readonly float* Context, Query;

        /// <summary>[rows, 2 · keyValueHeads · headSize].</summary>
        public readonly float* KeyValue;

        /// <summary>[longest, 2 · keyValueHeads · headSize]: a series' keys and values behind the prompt's, and their gradient.</summary>
        public readonly float* Joined, JoinedGradient;

        /// <summary>[rows, d].</summary>
        public readonly float* Rows;

        /// <summary>[<see cref="FeedForwardRows"/>, wide].</summary>
        public readonly float* Wide, Up;

        public readonly float* Turns;

        public BackwardBuffers(TransformerBackbone model, in TransformerPlan plan, Workspace scratch)
        {
            nint rows = Math.Max(plan.Rows, plan.WantedRows), block = Math.Min(FeedForwardRows, rows);
            Middle = scratch.Singles(rows * model._stride);
            Behind = model._shape.Norms == NormPlacement.Behind ? null : scratch.Singles(rows * model._stride);
            Context = scratch.Singles(rows * model._queryStride);
            Query = scratch.Singles(rows * model._queryStride);
            KeyValue = scratch.Singles((nint)plan.Rows * model._pairStride);
            Joined = plan.Before > 0 ? scratch.Singles((nint)plan.Longest * model._pairStride) : null;
            JoinedGradient = plan.Before > 0 ? scratch.Singles((nint)plan.Longest * model._pairStride) : null;
            Rows = scratch.Singles((nint)plan.Rows * model._stride);
            Wide = scratch.Singles(block * model._wideStride);
            Up = model._shape.Gated ? scratch.Singles(block * model._wideStride) : null;
            Turns = model.Turns(plan, scratch);
        }
    }

    /// <summary>What goes to a prompt computed before: to its keys and values in every layer, and to its rows as they enter the last one.</summary>
    private readonly struct PromptGradient
    {
        public readonly int Rows;

        private readonly float* _memory;

        public PromptGradient(TransformerBackbone model, int rows, Workspace scratch)
        {
            Rows = rows;
            nint count = (nint)rows * (model._layers * model._pairStride + model._stride);
            _memory = scratch.Singles(count);
            for (nint i = 0; i < count; i++)
                _memory[i] = 0;
        }

        /// <summary>[rows, 2 · keyValueHeads · headSize] of a layer.</summary>
        public float* KeyValue(TransformerBackbone model, int layer) => _memory + (nint)layer * Rows * model._pairStride;

        /// <summary>[rows, d].</summary>
        public float* LastInput(TransformerBackbone model) => KeyValue(model, model._layers);

        public void CopyTo(TransformerBackbone model, Span<float> gradient)
        {
            foreach ((nint at, int start, int width) in Parts(model))
                new ReadOnlySpan<float>(_memory + at, width).CopyTo(gradient.Slice(start, width));
        }

        public void CopyFrom(TransformerBackbone model, ReadOnlySpan<float> gradient)
        {
            foreach ((nint at, int start, int width) in Parts(model))
                gradient.Slice(start, width).CopyTo(new Span<float>(_memory + at, width));
        }

        /// <summary>Each row's place in here and, without padding, outside.</summary>
        private IEnumerable<(nint At, int Start, int Width)> Parts(TransformerBackbone model)
        {
            int start = 0, pair = 2 * model._shape.KeySize;
            for (int row = 0; row < model._layers * Rows; row++, start += pair)
                yield return ((nint)row * model._pairStride, start, pair);
            for (int row = 0; row < Rows; row++, start += model.HiddenSize)
                yield return ((nint)model._layers * Rows * model._pairStride + (nint)row * model._stride, start, model.HiddenSize);
        }
    }

    /// <summary>The rows whose gradients are asked for, and where each is added: a shared row, or the complement of a supplied one.</summary>
    private readonly struct RowGradients
    {
        public readonly int* Rows, Targets;
        public readonly int Count;

        public RowGradients(BackboneInput input, in TransformerPlan plan, Workspace scratch, bool shared, bool supplied)
        {
            Rows = scratch.Integers(plan.Rows);
            Targets = scratch.Integers(plan.Rows);
            int inFront = input.SharedCount - plan.Before;
            for (int s = 0; s < plan.Series; s++)
            {
                for (int i = 0; shared && i < inFront; i++)
                {
                    Rows[Count] = plan.Starts[s] + i;
                    Targets[Count++] = i;
                }
                ReadOnlySpan<int> positions = input.Positions(s);
                for (int i = 0; supplied && i < positions.Length; i++)
                {
                    if (positions[i] >= 0)
                        continue;
                    Rows[Count] = plan.Starts[s] + inFront + i;
                    Targets[Count++] = positions[i];
                }
            }
        }
    }
}
