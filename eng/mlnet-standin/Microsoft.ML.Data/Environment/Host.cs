using System;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>One component's environment.</summary>
internal sealed class Host(EnvironmentNode parent, Random random, Action<string, ChannelMessage> listener, string fullName)
    : EnvironmentNode(parent, random, listener, fullName), IHost
{
    private readonly EnvironmentNode _parent = parent;

    public override ComponentCatalog ComponentCatalog => _parent.ComponentCatalog;

    public override int? Seed => _parent.Seed;

    public override string TempFilePath
    {
        get => _parent.TempFilePath;
        set => _parent.TempFilePath = value;
    }
}
