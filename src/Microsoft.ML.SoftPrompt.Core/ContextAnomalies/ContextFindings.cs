namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

/// <summary>What the rules say of one series; a rule is asked when its answer is first wanted.</summary>
internal sealed class ContextFindings(ContextAnomalyRules rules, PresentValues series)
{
    private TrendFinding? _trend;
    private SpikeFinding? _spike;
    private SplitFinding? _shift;
    private SplitFinding? _volatility;

    /// <summary>Gets the names of the evidence, in the order of <see cref="WriteEvidence"/>.</summary>
    public static IReadOnlyList<string> EvidenceNames { get; } =
        ["TrendSlope", "TrendPValue", "SpikeJump", "SpikePlace", "ShiftSplit", "ShiftPValue", "VolatilitySplit", "VolatilityPValue"];

    public TrendFinding Trend => _trend ??= rules.Trend?.Judge(series) ?? TrendFinding.None;

    public SpikeFinding Spike => _spike ??= rules.Spike?.Judge(series) ?? SpikeFinding.None;

    public SplitFinding Shift => _shift ??= rules.Shift?.Judge(series) ?? SplitFinding.None;

    public SplitFinding Volatility => _volatility ??= rules.Volatility?.Judge(series) ?? SplitFinding.None;

    /// <summary>Gets whether any rule flags the series; the dearer ones are asked only where the cheaper ones do not.</summary>
    public bool IsAnomalous => Spike.IsAnomalous || Trend.IsAnomalous || Shift.IsAnomalous || Volatility.IsAnomalous;

    public void WriteFlags(Span<bool> flags)
    {
        flags[0] = Trend.IsAnomalous;
        flags[1] = Spike.IsAnomalous;
        flags[2] = Shift.IsAnomalous;
        flags[3] = Volatility.IsAnomalous;
    }

    public void WriteEvidence(Span<double> evidence)
    {
        (evidence[0], evidence[1]) = (Trend.Slope, Trend.PValue);
        (evidence[2], evidence[3]) = (Spike.Jump, Spike.Place);
        (evidence[4], evidence[5]) = (Shift.Place, Shift.PValue);
        (evidence[6], evidence[7]) = (Volatility.Place, Volatility.PValue);
    }
}
