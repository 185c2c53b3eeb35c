namespace Microsoft.ML.SoftPrompt.OpenInternals;

/// <summary>
/// What is to be made public, read from a text file with one name a line: <c>Namespace.Type</c> for a type with all its internal members (its
/// nested types not included), <c>Namespace.Type::Member</c> for the type and its members of that name alone. Nested types are written
/// <c>Outer+Inner</c>, generic ones with their arity (<c>Type`1</c>), constructors <c>::.ctor</c>, properties by their own name. Empty lines and
/// what follows a # are ignored.
/// </summary>
internal sealed class InternalsList
{
    private const string MemberSeparator = "::";
    private readonly string _path;
    private readonly HashSet<string> _names;
    private readonly HashSet<string> _found = new(StringComparer.Ordinal);
    private readonly HashSet<string> _types;

    private InternalsList(string path, IEnumerable<string> names)
    {
        _path = path;
        _names = new HashSet<string>(names, StringComparer.Ordinal);
        _types = new HashSet<string>(_names.Select(name => name.Split(MemberSeparator)[0]), StringComparer.Ordinal);
    }

    public static InternalsList Read(string path) => Parse(path, File.ReadLines(path));

    public static InternalsList Parse(string path, IEnumerable<string> lines) =>
        new(path, lines.Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0));

    /// <summary>Says whether the type itself must become visible.</summary>
    public bool Opens(string type)
    {
        if (!_types.Contains(type))
            return false;
        if (_names.Contains(type))
            _found.Add(type);
        return true;
    }

    /// <summary>Says whether a member of the type must become visible; accessors go with their property or event.</summary>
    public bool Opens(string type, string member)
    {
        if (_names.Contains(type))
            return true;
        foreach (string candidate in (string[])[member, WithoutAccessor(member)])
        {
            string name = type + MemberSeparator + candidate;
            if (_names.Contains(name))
                return _found.Add(name) || true;
        }

        return false;
    }

    public void ThrowIfAnyWasNotFound(IReadOnlyList<string> assemblies)
    {
        string[] missing = [.. _names.Except(_found).Order(StringComparer.Ordinal)];
        if (missing.Length > 0)
        {
            throw new FormatException($"'{string.Join("', '", missing)}' named in {_path} is in none of {string.Join(", ", assemblies)}: " +
                "correct the name, or take the line out.");
        }
    }

    private static string WithoutAccessor(string member)
    {
        foreach (string prefix in (string[])["get_", "set_", "add_", "remove_"])
        {
            if (member.StartsWith(prefix, StringComparison.Ordinal))
                return member[prefix.Length..];
        }

        return member;
    }
}
