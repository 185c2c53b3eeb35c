using Microsoft.ML.SoftPrompt.ContextAnomalies;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt;

/// <summary>What the rules say of the current row, kept for the row's other columns.</summary>
internal sealed class RowFindings(DataViewRow row, DataViewSchema.Column column, ContextAnomalyRules rules)
{
    private readonly VectorReader<float> _series = new(row, column);
    private ContextFindings? _findings;
    private long _position = -1;

    /// <summary>Gets how many rows were looked at.</summary>
    public long Rows { get; private set; }

    /// <summary>Gets how many of them have too few values for one of the rules or more.</summary>
    public long ShortRows { get; private set; }

    public ContextFindings Get()
    {
        if (_findings is not null && _position == row.Position)
            return _findings;
        var values = _series.Read();
        FiniteValues.Check(values, column.Name, row.Position);
        var series = PresentValues.Of(values);
        _findings = new ContextFindings(rules, series);
        _position = row.Position;
        Rows++;
        if (series.Count < rules.FewestValues())
            ShortRows++;
        return _findings;
    }
}
