namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Surface;

/// <summary>The listings of ML.NET 5.0.0's API in mlnet-api/.</summary>
internal sealed class ApiListing
{
    private readonly HashSet<string> _lines;
    private readonly Dictionary<string, TypeLine> _types;

    private ApiListing(IEnumerable<string> lines)
    {
        _lines = new HashSet<string>(lines, StringComparer.Ordinal);
        _types = _lines.Select(TypeLine.TryParse).OfType<TypeLine>()
            .GroupBy(type => type.Name, StringComparer.Ordinal).ToDictionary(lines => lines.Key, lines => lines.First(), StringComparer.Ordinal);
    }

    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Reads the public API of one assembly.</summary>
    public static ApiListing Of(string assembly) => new(Read(assembly));

    /// <summary>Reads everything that the product may refer to: the public API of all the assemblies, and the internals listed.</summary>
    public static ApiListing OfAllThatMayBeUsed() => new(StandIn.AssemblyNames.SelectMany(Read).Concat(Read("persistence-internals")).Concat(Read("further-internals")));

    /// <summary>Says whether the member is listed; a property may lack one of the accessors.</summary>
    public bool HasMember(string line) => _lines.Contains(line) || _lines.Contains(line.Replace("{ get; }", "{ get; set; }", StringComparison.Ordinal));

    public TypeLine? FindType(string line) => _types.GetValueOrDefault(TypeLine.TryParse(line)!.Name);

    private static string[] Read(string name) => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "mlnet-api", name + ".txt"));
}
