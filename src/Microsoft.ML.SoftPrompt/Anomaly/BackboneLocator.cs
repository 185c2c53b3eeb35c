using System.Reflection;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Anomaly;

/// <summary>Finds the backbone of a trainer's options, or of a model file.</summary>
internal static class BackboneLocator
{
    // The package is not referenced: who brings a backbone of his own does not deploy 45 MB for nothing.
    private const string Package = "Microsoft.ML.SoftPrompt.MiniLM";
    private const string TypeName = "Microsoft.ML.SoftPrompt.MiniLM.MiniLMBackbone";
    private const string MethodName = "Open";

    public static IBackbone Open(SoftPromptAnomalyTrainer.Options options) =>
        options.Backbone
        ?? (options.BackbonePath is { } path ? Backbone.Open(path, options.BackbonePrecision) : null)
        ?? OpenPackage(options.BackbonePrecision)
        ?? throw new InvalidOperationException($"No backbone: the assembly {Package} is not deployed with this application. Add the package {Package}, or set Options.BackbonePath to the folder or GGUF file of a model, or Options.Backbone.");

    /// <summary>
    /// Finds the backbone that a model file names: the one that is open in the precision that the model was trained in front of, else the
    /// one that is open in another, else the package in that precision.
    /// </summary>
    public static IBackbone Find(BackboneFingerprint wanted, WeightPrecision precision)
    {
        var looked = new List<string>();
        IBackbone? inAnotherPrecision = null;
        foreach (var opened in Backbone.Opened)
        {
            if (!wanted.Matches(opened.Fingerprint))
                looked.Add($"the opened backbone {Describe(opened.Fingerprint)}");
            else if (Backbone.PrecisionOf(opened) == precision)
                return opened;
            else
                inAnotherPrecision = opened;
        }
        if (inAnotherPrecision is not null)
            return inAnotherPrecision;
        var packaged = OpenPackage(precision);
        if (packaged is not null && wanted.Matches(packaged.Fingerprint))
            return packaged;
        looked.Add(packaged is null ? $"the package {Package}, which is not deployed with this application" : $"the package {Package}, which holds {Describe(packaged.Fingerprint)}");
        throw new InvalidOperationException($"The model was trained in front of the backbone {Describe(wanted)}, which was not found. Looked at {string.Join("; ", looked)}. Deploy that backbone's package, open its folder or file with Backbone.Open before loading the model, or save the model with EmbedBackbone.");
    }

    private static string Describe(BackboneFingerprint backbone) => $"{backbone.Name} ({backbone.Family}, SHA-256 {backbone.WeightsSha256})";

    private static IBackbone? OpenPackage(WeightPrecision precision)
    {
        Type type;
        try
        {
            // By a constant, which a trimmer reads and keeps.
            type = Type.GetType($"{TypeName}, {Package}", throwOnError: true)!;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        var open = type.GetMethod(MethodName, BindingFlags.Public | BindingFlags.Static, [typeof(WeightPrecision)])
            ?? throw new InvalidOperationException($"The assembly {type.Assembly.FullName} has no method {TypeName}.{MethodName}({nameof(WeightPrecision)}): it does not belong to this version of Microsoft.ML.SoftPrompt. Use the same version of both packages.");
        return open.CreateDelegate<Func<WeightPrecision, IBackbone>>()(precision);
    }
}
