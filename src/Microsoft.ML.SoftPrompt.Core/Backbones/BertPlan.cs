using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Where the rows of a call lie: the series one behind another, each with the shared rows in front.</summary>
internal readonly unsafe struct BertPlan
{
    /// <summary>First row of each series, and behind the last one the number of rows.</summary>
    public readonly int* Starts;

    /// <summary>First wanted row of each series, and behind the last one their number.</summary>
    public readonly int* WantedStarts;

    /// <summary>The wanted rows, as indices into all rows.</summary>
    public readonly int* Wanted;

    public readonly int Series, Rows, WantedRows, Longest;

    public BertPlan(BackboneInput input, int maxPositions, Workspace workspace)
    {
        Series = input.SeriesCount;
        Starts = workspace.Integers(Series + 1);
        WantedStarts = workspace.Integers(Series + 1);
        WantedRows = input.WantedCount;
        Wanted = workspace.Integers(WantedRows);
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
                Wanted[wanted++] = rows + position;
            rows = checked(rows + length);
            longest = Math.Max(longest, length);
        }
        Starts[Series] = Rows = rows;
        WantedStarts[Series] = wanted;
        Longest = longest;
    }
}
