using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Estimators one after another, each fitted on what those before it make of the data.</summary>
public sealed class EstimatorChain<TLastTransformer> : IEstimator<TransformerChain<TLastTransformer>>
    where TLastTransformer : class, ITransformer
{
    public readonly IEstimator<TLastTransformer> LastEstimator;

    private readonly IEstimator<ITransformer>[] _estimators;
    private readonly TransformerScope[] _scopes;
    private readonly bool[] _cacheAfter;

    public EstimatorChain()
    {
        _estimators = [];
        _scopes = [];
        _cacheAfter = [];
    }

    internal EstimatorChain(IEstimator<ITransformer>[] estimators, TransformerScope[] scopes, bool[] cacheAfter)
    {
        _estimators = estimators;
        _scopes = scopes;
        _cacheAfter = cacheAfter;
        LastEstimator = (IEstimator<TLastTransformer>)estimators.LastOrDefault();
    }

    public TransformerChain<TLastTransformer> Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        GetOutputSchema(SchemaShape.Create(input.Schema)); // every stage checks its columns before the first is fitted

        var data = input;
        var transformers = new List<ITransformer>();
        for (int i = 0; i < _estimators.Length; i++)
        {
            var transformer = _estimators[i].Fit(data);
            data = transformer is ITransformerWithDifferentMappingAtTrainingTime different
                ? different.TransformForTrainingPipeline(data)
                : transformer.Transform(data);
            if (_cacheAfter[i] && i < _estimators.Length - 1)
                data = new CacheDataView(data);
            transformers.Add(transformer);
        }
        return new(transformers, _scopes);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return _estimators.Aggregate(inputSchema, (schema, estimator) => estimator.GetOutputSchema(schema));
    }

    public EstimatorChain<TNewTrans> Append<TNewTrans>(IEstimator<TNewTrans> estimator, TransformerScope scope = TransformerScope.Everything)
        where TNewTrans : class, ITransformer
    {
        ArgumentNullException.ThrowIfNull(estimator);
        return new([.. _estimators, estimator], [.. _scopes, scope], [.. _cacheAfter, false]);
    }

    public EstimatorChain<TLastTransformer> AppendCacheCheckpoint(IHostEnvironment env)
    {
        ArgumentNullException.ThrowIfNull(env);
        if (LastEstimator is null || _cacheAfter[^1])
            return this;
        return new(_estimators, _scopes, [.. _cacheAfter[..^1], true]);
    }
}
