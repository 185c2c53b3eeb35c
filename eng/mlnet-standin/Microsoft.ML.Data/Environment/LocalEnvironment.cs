using System;
using System.IO;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The environment that an <see cref="MLContext"/> and its catalogs share.</summary>
internal sealed class LocalEnvironment : EnvironmentNode
{
    public LocalEnvironment(int? seed, Action<string, ChannelMessage> listener)
        : base(null, seed is int value ? new Random(value) : new Random(), listener, null) =>
        Seed = seed;

    public override ComponentCatalog ComponentCatalog { get; } = new();

    public override int? Seed { get; }

    public override string TempFilePath { get; set; } = Path.GetTempPath();
}
