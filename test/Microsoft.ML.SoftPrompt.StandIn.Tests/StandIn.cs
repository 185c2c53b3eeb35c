using System.Reflection;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests;

/// <summary>Which ML.NET these tests run on, and where the repository is.</summary>
internal static class StandIn
{
    public static readonly string[] AssemblyNames =
        ["Microsoft.ML.DataView", "Microsoft.ML.Core", "Microsoft.ML.Data", "Microsoft.ML.Transforms", "Microsoft.ML.Tokenizers"];

    public static readonly string[] ProductAssemblyNames =
        ["Microsoft.ML.SoftPrompt", "Microsoft.ML.SoftPrompt.Core", "Microsoft.ML.SoftPrompt.MiniLM", "Microsoft.ML.SoftPrompt.AspNetCore", "softprompt"];

    public static bool Serves => Metadata(typeof(IDataView).Assembly, "MLNetStandIn") == "true";

    public static string RepositoryRoot => Metadata(typeof(StandIn).Assembly, nameof(RepositoryRoot))!;

    /// <summary>Where the packages lie that this project was restored from.</summary>
    public static string PackagesFolder => Metadata(typeof(StandIn).Assembly, nameof(PackagesFolder))!;

    public static string Configuration => Metadata(typeof(StandIn).Assembly, nameof(Configuration))!;

    /// <summary>Skips a test that is about the stand-in itself where a feed has the real ML.NET.</summary>
    public static void Require() => Skip.IfNot(Serves, "This is about the stand-in, and here the real ML.NET was resolved.");

    public static Assembly Load(string name) => Assembly.Load(new AssemblyName(name));

    private static string? Metadata(Assembly assembly, string key) =>
        assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(attribute => attribute.Key == key)?.Value;
}
