namespace Microsoft.ML.SoftPrompt;

/// <summary>Options are checked once, where they enter, and all faults are told at once.</summary>
internal static class OptionFaults
{
    public static void ThrowIfAny(List<string> faults, string options)
    {
        if (faults.Count > 0)
            throw new ArgumentException($"{options}: {string.Join(" ", faults)}", nameof(options));
    }
}
