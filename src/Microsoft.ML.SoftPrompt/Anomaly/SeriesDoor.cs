using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Anomaly;

/// <summary>Checks a series of tokens once, where it enters; one that is too long for the backbone is refused, or keeps its last values.</summary>
internal sealed class SeriesDoor(TokenTable table, int promptLength, LabelKind labelKind, bool truncates, string columnName)
{
    /// <summary>How many series were cut so far.</summary>
    public long Truncated { get; private set; }

    public ReadOnlySpan<uint> Enter(ReadOnlySpan<uint> tokens, long row)
    {
        if (truncates && !tokens.IsEmpty && table.CountLastValuesThatFit(tokens, promptLength) is var fit and > 0 && fit < tokens.Length)
        {
            tokens = tokens[^fit..];
            Truncated++;
        }
        try
        {
            table.CheckFits(tokens, promptLength, labelKind);
        }
        catch (ArgumentException e)
        {
            throw DataFault.From(e, $"Token column '{columnName}', row {row} (from 0): ");
        }
        return tokens;
    }
}
