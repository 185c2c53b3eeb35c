namespace Microsoft.ML.SoftPrompt;

/// <summary>What is wrong with a stage's options: they are checked once, where they enter, and all faults are told at once.</summary>
/// <param name="options">The options' name.</param>
internal sealed class OptionFaults(string options)
{
    private readonly List<string> _faults = [];

    public void Add(string fault) => _faults.Add(fault);

    public void Add(IEnumerable<string> faults) => _faults.AddRange(faults);

    public void Check(bool fits, string name, object? found, string expected)
    {
        if (!fits)
            _faults.Add(FormattableString.Invariant($"{name} is {found ?? "null"}; expected {expected}."));
    }

    public void CheckKind<TKind>(TKind found, string name)
        where TKind : struct, Enum => Check(Enum.IsDefined(found), name, found, $"one of {string.Join(", ", Enum.GetNames<TKind>())}");

    public void CheckColumn(string? column, string name) => Check(!string.IsNullOrEmpty(column), name, "empty", "a column's name");

    public void CheckOptionalColumn(string? column, string name) => Check(column is not "", name, "empty", "a column's name or null");

    public void ThrowIfAny()
    {
        if (_faults.Count > 0)
            throw new ArgumentException($"{options}: {string.Join(" ", _faults)}", nameof(options));
    }
}
