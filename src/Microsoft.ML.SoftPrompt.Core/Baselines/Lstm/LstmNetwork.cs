using Microsoft.ML.SoftPrompt.Tensors;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>A trained LSTM with its head: inputs in, logits out. Immutable and safe for concurrent use.</summary>
internal sealed class LstmNetwork(LstmWeights weights, LabelKind labelKind)
{
    /// <summary>Steps of a group that are held at once, so that memory does not grow with the length of a series: 2 MB a series of the default sizes.</summary>
    private const int PieceSteps = 256;

    private readonly LstmMatrices _matrices = new(weights, forTraining: false);
    private readonly WorkspacePool _workspaces = new();

    public LstmWeights Weights => weights;

    public LabelKind LabelKind => labelKind;

    /// <summary>Computes the logits, series by series: that of the last step, or one a step.</summary>
    public float[] Score(LstmExample[] examples, CancellationToken cancellation = default)
    {
        var groups = new LstmGroups(_matrices, examples, labelKind);
        var logits = new float[groups.LogitStarts[^1]];
        Scheduler.Run(groups.Count, group =>
        {
            Workspace workspace = _workspaces.Rent();
            using (_matrices.Use())
                groups.Forward(group, workspace, weights, logits, PieceSteps);
            _workspaces.Return(workspace);
        }, cancellation);
        return logits;
    }
}
