using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.Tests.Balancing;

/// <summary>Notes the marks of the rows that it is fitted on, once a fit, and passes rows on as they are.</summary>
internal sealed class RecordingEstimator : IEstimator<ITransformer>
{
    public List<(int Rows, int Synthetic)> Fits { get; } = [];

    public ITransformer Fit(IDataView input)
    {
        bool[] marks = input.Schema.GetColumnOrNull("IsSynthetic") is null
            ? new bool[input.GetColumn<bool>("Label").Count()]
            : input.GetColumn<bool>("IsSynthetic").ToArray();
        Fits.Add((marks.Length, marks.Count(made => made)));
        return new TransformerChain<ITransformer>();
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => inputSchema;
}
