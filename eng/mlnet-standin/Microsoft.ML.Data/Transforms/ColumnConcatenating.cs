using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(ITransformer), typeof(ColumnConcatenatingTransformer), null, typeof(SignatureLoadModel), "Concat Transform", ColumnConcatenatingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms
{
    /// <summary>Joins columns of one item type into a vector.</summary>
    public sealed class ColumnConcatenatingEstimator : IEstimator<ColumnConcatenatingTransformer>
    {
        private readonly string _name;
        private readonly string[] _sources;

        internal ColumnConcatenatingEstimator(string outputColumnName, string[] inputColumnNames)
        {
            ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
            if (inputColumnNames is not { Length: > 0 })
                throw new ArgumentException("There must be a column to concatenate.", nameof(inputColumnNames));
            _name = outputColumnName;
            _sources = inputColumnNames;
        }

        public ColumnConcatenatingTransformer Fit(IDataView input)
        {
            ArgumentNullException.ThrowIfNull(input);
            var transformer = new ColumnConcatenatingTransformer(_name, _sources);
            transformer.GetOutputSchema(input.Schema); // checks the columns
            return transformer;
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        {
            var sources = Array.ConvertAll(_sources, inputSchema.Find);
            var first = sources[0];
            var other = sources.FirstOrDefault(s => !s.ItemType.Equals(first.ItemType) || s.IsKey != first.IsKey);
            if (other.IsValid)
                throw Columns.Mismatch(other.Name, "input", first.GetTypeString(), other.GetTypeString());
            bool isVariable = sources.Any(s => s.Kind == SchemaShape.Column.VectorKind.VariableVector);
            return inputSchema.With(new(
                _name, isVariable ? SchemaShape.Column.VectorKind.VariableVector : SchemaShape.Column.VectorKind.Vector, first.ItemType, first.IsKey));
        }
    }
}

namespace Microsoft.ML.Data
{
    /// <inheritdoc cref="ColumnConcatenatingEstimator"/>
    public sealed class ColumnConcatenatingTransformer : RowToRowTransformerBase
    {
        internal const string LoaderSignature = "ConcatTransform";

        private static readonly VersionInfo _version = new("CONCAT F", 0x00010003, 0x00010003, 0x00010003, typeof(ColumnConcatenatingTransformer).Assembly.FullName, LoaderSignature);

        private readonly string _name;
        private readonly string[] _sources;

        internal ColumnConcatenatingTransformer(string name, string[] sources)
        {
            _name = name;
            _sources = sources;
        }

        internal static ColumnConcatenatingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
        {
            ctx.CheckAtModel(_version);
            string name = ctx.LoadNonEmptyString();
            int count = ctx.Reader.ReadInt32();
            if (count <= 0)
                throw Contracts.ExceptDecode($"Corrupt model file: {count} columns");
            var sources = new List<string>();
            for (; count > 0; count--)
                sources.Add(ctx.LoadNonEmptyString());
            return new(name, [.. sources]);
        }

        private protected override void SaveModel(ModelSaveContext ctx)
        {
            ctx.SetVersionInfo(_version);
            ctx.SaveNonEmptyString(_name);
            ctx.Writer.Write(_sources.Length);
            foreach (string source in _sources)
                ctx.SaveNonEmptyString(source);
        }

        private protected override IEnumerable<AddedColumn> Added(DataViewSchema inputSchema)
        {
            var sources = Array.ConvertAll(_sources, name => Columns.Find(inputSchema, name, "input"));
            var itemType = ItemOf(sources[0].Type);
            foreach (var source in sources)
            {
                if (!ItemOf(source.Type).Equals(itemType))
                    throw Columns.Mismatch(source.Name, "input", itemType.ToString(), source.Type.ToString());
            }
            bool isVariable = sources.Any(s => s.Type is VectorDataViewType { IsKnownSize: false });
            int size = isVariable ? 0 : sources.Sum(s => s.Type is VectorDataViewType vector ? vector.Size : 1);
            yield return new(
                new(_name, new VectorDataViewType(itemType, size)), sources,
                row => (Delegate)MemberAccess.CallGeneric(typeof(ColumnConcatenatingTransformer), nameof(Getter), [itemType.RawType], row, sources));
        }

        private static PrimitiveDataViewType ItemOf(DataViewType type) => type is VectorDataViewType vector ? vector.ItemType : (PrimitiveDataViewType)type;

        private static ValueGetter<VBuffer<TItem>> Getter<TItem>(DataViewRow row, DataViewSchema.Column[] sources)
        {
            var parts = Array.ConvertAll(sources, source => source.Type is VectorDataViewType ? VectorPart<TItem>(row, source) : ScalarPart<TItem>(row, source));
            var items = new List<TItem>();
            return (ref VBuffer<TItem> value) =>
            {
                items.Clear();
                foreach (var add in parts)
                    add(items);
                VBuffer<TItem>.Copy([.. items], 0, ref value, items.Count);
            };
        }

        private static Action<List<TItem>> VectorPart<TItem>(DataViewRow row, DataViewSchema.Column source)
        {
            var getter = row.GetGetter<VBuffer<TItem>>(source);
            VBuffer<TItem> buffer = default;
            return items =>
            {
                getter(ref buffer);
                items.AddRange(buffer.DenseValues());
            };
        }

        private static Action<List<TItem>> ScalarPart<TItem>(DataViewRow row, DataViewSchema.Column source)
        {
            var getter = row.GetGetter<TItem>(source);
            return items =>
            {
                TItem item = default;
                getter(ref item);
                items.Add(item);
            };
        }
    }
}
