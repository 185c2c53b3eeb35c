namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Behaviour;

/// <summary>Hands out a transformer and remembers what it was fitted on.</summary>
internal sealed class FixedEstimator<TTransformer>(TTransformer transformer) : IEstimator<TTransformer>
    where TTransformer : ITransformer
{
    public IDataView? FittedOn { get; private set; }

    public TTransformer Fit(IDataView input)
    {
        FittedOn = input;
        return transformer;
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => inputSchema;
}
