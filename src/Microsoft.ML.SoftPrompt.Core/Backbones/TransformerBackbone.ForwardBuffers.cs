using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <content>What the threads of a call on the way forward share, and what they compute in.</content>
internal sealed unsafe partial class TransformerBackbone
{
    /// <summary>What all threads of a call see on the way forward. Only a call without a tape has several.</summary>
    private sealed class ForwardCall(TransformerBackbone model) : ICrewWork
    {
        public readonly Crew Crew = new();
        public TransformerPlan Plan;
        public ForwardBuffers Buffers;
        public SharedPrompt? Prompt;
        public TransformerTape? Tape;

        /// <summary>[rows, d]; [wanted rows, d].</summary>
        public float* Embedded, Result;

        /// <summary>One a thread.</summary>
        public MemberScratch[] Members = [];

        /// <summary>Takes scratch for every thread.</summary>
        public void Reserve(int threads, Workspace scratch)
        {
            if (Members.Length < threads)
                Members = new MemberScratch[threads];
            for (int i = 0; i < threads; i++)
                Members[i] = new MemberScratch(model, Plan, scratch);
        }

        public void Run(ref CrewMember member) => model.RunLayers(this, ref member);
    }

    /// <summary>Scratch of one thread of a call.</summary>
    private readonly struct MemberScratch
    {
        public readonly AttentionScratch Attention;

        /// <summary>[longest, 2 · keyValueHeads · headSize]: a series' keys and values behind the prompt's.</summary>
        public readonly float* Joined;

        public MemberScratch(TransformerBackbone model, in TransformerPlan plan, Workspace scratch)
        {
            Attention = new AttentionScratch(model._kernels, scratch, plan.Longest, model._shape.HeadSize, backward: false);
            Joined = plan.Before > 0 ? scratch.Singles((nint)plan.Longest * model._pairStride) : null;
        }
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

        /// <summary>[wanted rows, d]: the rows that ask in the last layer.</summary>
        public readonly float* Asking;

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
            Asking = scratch.Singles((nint)plan.WantedRows * model._stride);
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
