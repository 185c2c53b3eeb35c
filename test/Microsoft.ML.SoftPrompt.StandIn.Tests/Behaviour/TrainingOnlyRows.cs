using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Behaviour;

/// <summary>Shows the stages fitted after it the first row only, and leaves the rows alone everywhere else.</summary>
internal sealed class TrainingOnlyRows(MLContext ml) : ITransformerWithDifferentMappingAtTrainingTime
{
    private readonly ITransformer _same = new TransformerChain<ITransformer>();

    public bool IsRowToRowMapper => true;

    public IDataView TransformForTrainingPipeline(IDataView input) => ml.Data.TakeRows(input, 1);

    public IDataView Transform(IDataView input) => input;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inputSchema;

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => _same.GetRowToRowMapper(inputSchema);

    public void Save(ModelSaveContext ctx) => throw new NotSupportedException();
}
