using System;
using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(ITransformer), typeof(ColumnCopyingTransformer), null, typeof(SignatureLoadModel), "Copy Columns Transform", ColumnCopyingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>Copies columns under other names.</summary>
public sealed class ColumnCopyingEstimator : TrivialEstimator<ColumnCopyingTransformer>
{
    internal ColumnCopyingEstimator(params (string OutputColumnName, string InputColumnName)[] columns) : base(new(columns))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema) =>
        Transformer.Pairs.Aggregate(inputSchema, (schema, pair) =>
        {
            var source = inputSchema.Find(pair.InputColumnName);
            return schema.With(new(pair.OutputColumnName, source.Kind, source.ItemType, source.IsKey, source.Annotations));
        });
}

/// <inheritdoc cref="ColumnCopyingEstimator"/>
public sealed class ColumnCopyingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "CopyTransform";

    private static readonly VersionInfo _version = new("COPYCOLT", 0x00010001, 0x00010001, 0x00010001, typeof(ColumnCopyingTransformer).Assembly.FullName, LoaderSignature);

    internal ColumnCopyingTransformer(params (string OutputColumnName, string InputColumnName)[] columns) : base(columns)
    {
    }

    internal (string OutputColumnName, string InputColumnName)[] Pairs => ColumnPairs;

    internal static ColumnCopyingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(_version);
        return new(LoadPairs(ctx));
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(_version);
        SavePairs(ctx);
    }

    private protected override AddedColumn Added(string outputColumnName, DataViewSchema.Column source) =>
        new(new(outputColumnName, source.Type, source.Annotations), [source],
            row => (Delegate)MemberAccess.CallGeneric(typeof(ColumnCopyingTransformer), nameof(Getter), [source.Type.RawType], row, source));

    private static ValueGetter<TValue> Getter<TValue>(DataViewRow row, DataViewSchema.Column column) => row.GetGetter<TValue>(column);
}
