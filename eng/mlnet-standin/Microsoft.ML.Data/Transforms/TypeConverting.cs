using System;
using System.Globalization;
using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(ITransformer), typeof(TypeConvertingTransformer), null, typeof(SignatureLoadModel), "Convert Transform", TypeConvertingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>Converts columns of Booleans and numbers, or vectors of them, to another such type.</summary>
public sealed class TypeConvertingEstimator : TrivialEstimator<TypeConvertingTransformer>
{
    internal TypeConvertingEstimator(DataKind outputKind, params (string OutputColumnName, string InputColumnName)[] columns) : base(new(outputKind, columns))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema) =>
        Transformer.Pairs.Aggregate(inputSchema, (schema, pair) =>
        {
            var source = inputSchema.Find(pair.InputColumnName);
            if (source.IsKey || !TypeConvertingTransformer.CanConvert(source.ItemType))
                throw Columns.Mismatch(source.Name, "input", "a Boolean or a number", source.GetTypeString());
            return schema.With(new(pair.OutputColumnName, source.Kind, Transformer.OutputType, false));
        });
}

/// <inheritdoc cref="TypeConvertingEstimator"/>
public sealed class TypeConvertingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "ConvertTransform";

    private static readonly VersionInfo _version = new("CONVERTF", 0x00010003, 0x00010003, 0x00010003, typeof(TypeConvertingTransformer).Assembly.FullName, LoaderSignature);

    private readonly DataKind _outputKind;

    internal TypeConvertingTransformer(DataKind outputKind, params (string OutputColumnName, string InputColumnName)[] columns) : base(columns)
    {
        _outputKind = outputKind;
        OutputType = outputKind switch
        {
            DataKind.Boolean => BooleanDataViewType.Instance,
            DataKind.SByte => NumberDataViewType.SByte,
            DataKind.Byte => NumberDataViewType.Byte,
            DataKind.Int16 => NumberDataViewType.Int16,
            DataKind.UInt16 => NumberDataViewType.UInt16,
            DataKind.Int32 => NumberDataViewType.Int32,
            DataKind.UInt32 => NumberDataViewType.UInt32,
            DataKind.Int64 => NumberDataViewType.Int64,
            DataKind.UInt64 => NumberDataViewType.UInt64,
            DataKind.Single => NumberDataViewType.Single,
            DataKind.Double => NumberDataViewType.Double,
            _ => throw new NotSupportedException($"The stand-in does not convert to {outputKind}."),
        };
    }

    internal PrimitiveDataViewType OutputType { get; }

    internal (string OutputColumnName, string InputColumnName)[] Pairs => ColumnPairs;

    internal static bool CanConvert(DataViewType type) => type is BooleanDataViewType or NumberDataViewType;

    internal static TypeConvertingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(_version);
        var pairs = LoadPairs(ctx);
        return new((DataKind)ctx.Reader.ReadByte(), pairs);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(_version);
        SavePairs(ctx);
        ctx.Writer.Write((byte)_outputKind);
    }

    private protected override AddedColumn Added(string outputColumnName, DataViewSchema.Column source)
    {
        var vector = source.Type as VectorDataViewType;
        var itemType = vector?.ItemType ?? source.Type;
        if (!CanConvert(itemType))
            throw Columns.Mismatch(source.Name, "input", "a Boolean or a number", source.Type.ToString());
        DataViewType type = vector is null ? OutputType : new VectorDataViewType(OutputType, vector.Dimensions);
        return new(new(outputColumnName, type), [source], row => (Delegate)MemberAccess.CallGeneric(
            typeof(TypeConvertingTransformer), vector is null ? nameof(ScalarGetter) : nameof(VectorGetter), [itemType.RawType, OutputType.RawType], row, source));
    }

    private static ValueGetter<TOut> ScalarGetter<TIn, TOut>(DataViewRow row, DataViewSchema.Column source)
    {
        var getter = row.GetGetter<TIn>(source);
        return (ref TOut value) =>
        {
            TIn item = default;
            getter(ref item);
            value = Converted<TIn, TOut>(item);
        };
    }

    private static ValueGetter<VBuffer<TOut>> VectorGetter<TIn, TOut>(DataViewRow row, DataViewSchema.Column source)
    {
        var getter = row.GetGetter<VBuffer<TIn>>(source);
        VBuffer<TIn> buffer = default;
        return (ref VBuffer<TOut> value) =>
        {
            getter(ref buffer);
            var items = buffer.DenseValues().Select(Converted<TIn, TOut>).ToArray();
            VBuffer<TOut>.Copy(items, 0, ref value, items.Length);
        };
    }

    private static TOut Converted<TIn, TOut>(TIn item) => (TOut)Convert.ChangeType(item, typeof(TOut), CultureInfo.InvariantCulture);
}
