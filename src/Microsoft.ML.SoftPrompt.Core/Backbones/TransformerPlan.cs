using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// Where the rows of a call lie: the series one behind another. The shared rows stand in front of each, or, where a prompt's keys and values
/// were computed before, nowhere: then positions are counted from behind them.
/// </summary>
internal readonly unsafe struct TransformerPlan
{
    /// <summary>First row of each series, and behind the last one the number of rows.</summary>
    public readonly int* Starts;

    /// <summary>First wanted row of each series, and behind the last one their number.</summary>
    public readonly int* WantedStarts;

    /// <summary>The wanted rows, as indices into all rows; a row of the prompt computed before as its complement.</summary>
    public readonly int* Wanted;

    /// <summary>The position of each row in its series, and of each wanted row.</summary>
    public readonly int* Positions, WantedPositions;

    /// <summary>Longest is a series with its shared rows, wherever they are; Before are those that were computed before.</summary>
    public readonly int Series, Rows, WantedRows, Longest, Before;

    public TransformerPlan(BackboneInput input, int maxPositions, bool promptBefore, Workspace workspace)
    {
        Series = input.SeriesCount;
        Before = promptBefore ? input.SharedCount : 0;
        Starts = workspace.Integers(Series + 1);
        WantedStarts = workspace.Integers(Series + 1);
        WantedRows = input.WantedCount;
        Wanted = workspace.Integers(WantedRows);
        WantedPositions = workspace.Integers(WantedRows);
        Positions = workspace.Integers(input.PositionCount);
        int rows = 0, wanted = 0, longest = 0;
        for (int s = 0; s < Series; s++)
        {
            int length = input.SharedCount + input.Positions(s).Length;
            if (length > maxPositions)
            {
                throw new ArgumentException(
                    $"Series {s} takes {length} positions, {input.SharedCount} shared rows in front included; the model has {maxPositions}.", nameof(input));
            }
            Starts[s] = rows;
            WantedStarts[s] = wanted;
            foreach (int position in input.Wanted(s))
            {
                WantedPositions[wanted] = position;
                Wanted[wanted++] = position >= Before ? rows + position - Before : ~position;
            }
            for (int position = Before; position < length; position++)
                Positions[rows++] = position;
            longest = Math.Max(longest, length);
        }
        Starts[Series] = Rows = rows;
        WantedStarts[Series] = wanted;
        Longest = longest;
    }
}
