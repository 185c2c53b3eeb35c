using System.Text.RegularExpressions;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Surface;

/// <summary>A line of a listing that stands for a type: <c>ASSEMBLY | NAME | KIND [where …] [: BASES]</c>.</summary>
internal sealed partial record TypeLine(string Name, string Kind, IReadOnlyList<string> Bases)
{
    /// <summary>Reads the line, or gives null where it stands for a member.</summary>
    public static TypeLine? TryParse(string line)
    {
        string[] parts = line.Split(" | ");
        if (!Kinds().IsMatch(parts[2]))
            return null;
        // The list of bases begins at the last colon that is not a constraint's.
        Match bases = BaseList().Match(parts[2]);
        string kind = bases.Success ? parts[2][..bases.Index] : parts[2];
        return new TypeLine($"{parts[0]} | {parts[1]}", kind, bases.Success ? SplitOutsideBrackets(bases.Groups[1].Value) : []);
    }

    private static List<string> SplitOutsideBrackets(string list)
    {
        var items = new List<string>();
        int depth = 0, start = 0;
        for (int i = 0; i <= list.Length; i++)
        {
            if (i == list.Length || (list[i] == ',' && depth == 0))
            {
                items.Add(list[start..i].Trim());
                start = i + 1;
            }
            else
            {
                depth += list[i] is '<' or '[' ? 1 : list[i] is '>' or ']' ? -1 : 0;
            }
        }

        return items;
    }

    [GeneratedRegex(@"^(public|internal) (delegate|enum|interface|struct|static class|abstract class|sealed class|class)\b")]
    private static partial Regex Kinds();

    [GeneratedRegex(@"(?<!where \w+) : (.*)$")]
    private static partial Regex BaseList();
}
