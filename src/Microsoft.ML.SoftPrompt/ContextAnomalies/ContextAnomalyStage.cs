using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.ContextAnomalies;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt;

/// <summary>Labels a row's series.</summary>
internal sealed class ContextAnomalyStage(IHostEnvironment environment, ContextAnomalyModel model) : IRowStage
{
    public int ReadAheadRows => 1;

    public int[] GetInputColumns(DataViewSchema input) => [Find(input).Index];

    public DataViewSchema.DetachedColumn[] GetOutputColumns(DataViewSchema input) =>
    [
        new(model.OutputColumnName, BooleanDataViewType.Instance),
        new(model.RulesColumnName, new VectorDataViewType(BooleanDataViewType.Instance, ContextAnomalyRules.Names.Count), ColumnAnnotations.SlotNames(ContextAnomalyRules.Names)),
        new(model.EvidenceColumnName, new VectorDataViewType(NumberDataViewType.Double, ContextFindings.EvidenceNames.Count), ColumnAnnotations.SlotNames(ContextFindings.EvidenceNames)),
    ];

    public StageGetters Open(DataViewRow input)
    {
        var findings = new RowFindings(input, Find(input.Schema), model.Rules);
        ValueGetter<bool> label = (ref bool value) => value = findings.Get().IsAnomalous;
        ValueGetter<VBuffer<bool>> flags = (ref VBuffer<bool> value) =>
        {
            var editor = VBufferEditor.Create(ref value, ContextAnomalyRules.Names.Count);
            findings.Get().WriteFlags(editor.Values);
            value = editor.Commit();
        };
        ValueGetter<VBuffer<double>> evidence = (ref VBuffer<double> value) =>
        {
            var editor = VBufferEditor.Create(ref value, ContextFindings.EvidenceNames.Count);
            findings.Get().WriteEvidence(editor.Values);
            value = editor.Commit();
        };
        return new StageGetters([label, flags, evidence], () => ReportShort(findings));
    }

    private DataViewSchema.Column Find(DataViewSchema schema) => SeriesColumn.Find(schema, model.InputColumnName);

    private void ReportShort(RowFindings findings)
    {
        if (findings.ShortRows == 0)
            return;
        using var channel = environment.Start(nameof(ContextAnomalyLabelingTransformer));
        channel.Warn($"{findings.ShortRows:N0} of {findings.Rows:N0} series of column '{model.InputColumnName}' have fewer than {model.Rules.FewestValues()} values that are present, too few for at least one rule, which then does not flag.");
    }
}
