using System.Collections.Concurrent;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>Workspaces that calls rent and give back; as many exist as there were calls at once.</summary>
internal sealed class WorkspacePool
{
    private readonly ConcurrentBag<Workspace> _idle = [];

    public Workspace Rent() => _idle.TryTake(out Workspace? workspace) ? workspace : new Workspace();

    public void Return(Workspace workspace)
    {
        workspace.Reset();
        _idle.Add(workspace);
    }
}
