using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.StandIn.Tests.Behaviour;

[assembly: LoadableClass(typeof(ITransformer), typeof(PlusTransformer), null, typeof(SignatureLoadModel), "Plus", PlusTransformer.LoaderSignature)]

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Behaviour;

/// <summary>A stage of a third party over public members, saved by the internal ones: adds a number to a column of Single.</summary>
internal sealed class PlusTransformer(string output, string input, float number) : ITransformer, IDisposable
{
    public const string LoaderSignature = "StandInTestsPlus";

    private const uint WrittenVersion = 2;

    /// <summary>How often a getter computed.</summary>
    public int Computed { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>Written in place of <see cref="WrittenVersion"/>.</summary>
    public uint PretendedVersion { get; init; } = WrittenVersion;

    public bool IsRowToRowMapper => true;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => new Mapper(this, inputSchema).OutputSchema;

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new Mapper(this, inputSchema);

    public IDataView Transform(IDataView input) => new View(input, new Mapper(this, input.Schema));

    public void Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version(PretendedVersion));
        ctx.SaveNonEmptyString(output);
        ctx.SaveNonEmptyString(input);
        ctx.SaveBinaryStream("number.bin", writer => writer.Write(number));
    }

    public void Dispose() => IsDisposed = true;

    private static PlusTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version(WrittenVersion));
        string output = ctx.LoadNonEmptyString();
        string input = ctx.LoadNonEmptyString();
        float number = 0;
        if (!ctx.TryLoadBinaryStream("number.bin", reader => number = reader.ReadSingle()))
            throw new InvalidDataException("number.bin is missing.");
        return new(output, input, number);
    }

    private static VersionInfo Version(uint version) =>
        new("PLUSTEST", version, version, 1, typeof(PlusTransformer).Assembly.FullName, LoaderSignature);

    private sealed class Mapper : IRowToRowMapper
    {
        private readonly PlusTransformer _owner;
        private readonly string _output;
        private readonly string _input;
        private readonly float _number;

        public Mapper(PlusTransformer owner, DataViewSchema inputSchema)
        {
            (_owner, _output, _input, _number) = (owner, owner.Output, owner.Input, owner.Number);
            InputSchema = inputSchema;
            var builder = new DataViewSchema.Builder();
            builder.AddColumns(inputSchema);
            builder.AddColumn(_output, NumberDataViewType.Single);
            OutputSchema = builder.ToSchema();
        }

        public DataViewSchema InputSchema { get; }

        public DataViewSchema OutputSchema { get; }

        public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
            dependingColumns.Select(c => c.Index < InputSchema.Count ? InputSchema[c.Index] : InputSchema[_input]).DistinctBy(c => c.Index);

        public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) => new Row(this, input);

        private sealed class Row(Mapper mapper, DataViewRow source) : DataViewRow
        {
            public override long Position => source.Position;

            public override long Batch => source.Batch;

            public override DataViewSchema Schema => mapper.OutputSchema;

            public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

            public override bool IsColumnActive(DataViewSchema.Column column) => true;

            public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            {
                if (column.Index < mapper.InputSchema.Count)
                    return source.GetGetter<TValue>(mapper.InputSchema[column.Index]);
                var input = source.GetGetter<float>(mapper.InputSchema[mapper._input]);
                return (ValueGetter<TValue>)(object)new ValueGetter<float>((ref float value) =>
                {
                    input(ref value);
                    value += mapper._number;
                    mapper._owner.Computed++;
                });
            }
        }
    }

    private string Output => output;

    private string Input => input;

    private float Number => number;

    private sealed class View(IDataView source, Mapper mapper) : IDataView
    {
        public bool CanShuffle => source.CanShuffle;

        public DataViewSchema Schema => mapper.OutputSchema;

        public long? GetRowCount() => source.GetRowCount();

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
            new Cursor(source.GetRowCursor(mapper.GetDependencies(columnsNeeded), rand), mapper);

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];
    }

    private sealed class Cursor(DataViewRowCursor input, Mapper mapper) : DataViewRowCursor
    {
        private readonly DataViewRow _row = mapper.GetRow(input, []);

        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override DataViewSchema Schema => mapper.OutputSchema;

        public override bool MoveNext() => input.MoveNext();

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _row.GetGetter<TValue>(column);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                input.Dispose();
            base.Dispose(disposing);
        }
    }
}
