using Microsoft.ML.SoftPrompt.ContextAnomalies;

namespace Microsoft.ML.SoftPrompt;

/// <summary>What a labeler of context anomalies is made of, as it stands in a model file.</summary>
internal sealed record ContextAnomalyModel(string OutputColumnName, string RulesColumnName, string EvidenceColumnName, string InputColumnName, ContextAnomalyRules Rules)
{
    /// <summary>Checks a model that came from a file.</summary>
    public ContextAnomalyModel Validated()
    {
        string[] faults = [.. Faults()];
        if (faults.Length > 0)
            throw new InvalidDataException($"The model file's labeler of context anomalies: {string.Join(" ", faults)}");
        return this;
    }

    /// <summary>What is wrong with it, a sentence each, in the words of the options.</summary>
    public IEnumerable<string> Faults()
    {
        (string Name, string Value)[] names =
            [("OutputColumnName", OutputColumnName), ("RulesColumnName", RulesColumnName), ("EvidenceColumnName", EvidenceColumnName), ("InputColumnName", InputColumnName)];
        foreach (var (name, value) in names)
            if (string.IsNullOrEmpty(value))
                yield return $"{name} is empty.";
        if (OutputColumnName == RulesColumnName || OutputColumnName == EvidenceColumnName || RulesColumnName == EvidenceColumnName)
            yield return $"The output columns are named '{OutputColumnName}', '{RulesColumnName}' and '{EvidenceColumnName}'; expected three different names.";
        foreach (string fault in Rules.Faults())
            yield return fault;
    }
}
