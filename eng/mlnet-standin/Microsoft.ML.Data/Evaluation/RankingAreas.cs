using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Data;

/// <summary>The areas under the two curves of a scorer.</summary>
internal static class RankingAreas
{
    /// <summary>The chance that a positive's score lies above a negative's, a tie counting half.</summary>
    public static double UnderRoc(IReadOnlyCollection<(float Label, float Score, float Probability)> rows)
    {
        double positives = rows.Count(r => r.Label > 0);
        double negatives = rows.Count - positives;
        if (positives == 0)
            throw new ArgumentOutOfRangeException("PosSample", "AUC is not defined when there is no positive class in the data");
        if (negatives == 0)
            throw new ArgumentOutOfRangeException("NegSample", "AUC is not defined when there is no negative class in the data");
        double below = 0;
        double won = 0;
        foreach (var tied in rows.GroupBy(r => r.Score).OrderBy(g => g.Key))
        {
            double tiedPositives = tied.Count(r => r.Label > 0);
            double tiedNegatives = tied.Count() - tiedPositives;
            won += tiedPositives * (below + (tiedNegatives / 2));
            below += tiedNegatives;
        }
        return won / (positives * negatives);
    }

    /// <summary>The "lower trapezoid" estimate of Boyd, Eng and Page (ECML PKDD 2013), tied scores in the data's order, as ML.NET takes it.</summary>
    public static double UnderPrecisionRecall(IReadOnlyCollection<(float Label, float Score, float Probability)> rows)
    {
        double positives = rows.Count(r => r.Label > 0);
        double area = 0, truePositives = 0, seen = 0, lastPrecision = 1;
        foreach (var row in rows.OrderByDescending(r => r.Score))
        {
            seen++;
            if (row.Label > 0)
            {
                truePositives++;
                area += (lastPrecision + (truePositives / seen)) / 2 / positives;
            }
            lastPrecision = truePositives / seen;
        }
        return area;
    }
}
