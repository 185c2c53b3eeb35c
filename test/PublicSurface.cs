using Microsoft.ML.SoftPrompt.StandIn.Tests.Surface;

namespace Microsoft.ML.SoftPrompt;

/// <summary>What users can name of assemblies, beside an approved file: a change of it is seen in the change of the file.</summary>
internal static class PublicSurface
{
    /// <param name="folder">Where PublicSurface.approved.txt lies.</param>
    /// <param name="types">A type of each assembly.</param>
    public static void ShouldBeApproved(string folder, params Type[] types)
    {
        string approved = Path.Combine(folder, "PublicSurface.approved.txt"), received = Path.Combine(folder, "PublicSurface.received.txt");
        string[] found = types
            .SelectMany(type => type.Assembly.GetTypes().Where(ApiLine.IsVisible))
            .SelectMany(type => ApiLine.VisibleMembers(type).Select(ApiLine.Of).Prepend(ApiLine.Of(type))).Distinct().Order(StringComparer.Ordinal).ToArray();
        string[] expected = File.Exists(approved) ? File.ReadAllLines(approved) : [];
        if (!found.SequenceEqual(expected))
            File.WriteAllLines(received, found);

        found.Should().Equal(expected, "the public surface changed; where that is meant, put {0} in the place of {1}", Path.GetFileName(received), Path.GetFileName(approved));
    }
}
