using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Behaviour;

public sealed class EnumerableTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Members_become_columns_of_their_types()
    {
        var schema = _ml.Data.LoadFromEnumerable(Reading.Some()).Schema;

        schema.Select(c => c.Name).Should().BeEquivalentTo("Host", "Value", "Label", "Pair", "Series");
        schema["Host"].Type.Should().Be(TextDataViewType.Instance);
        schema["Value"].Type.Should().Be(NumberDataViewType.Single);
        schema["Label"].Type.Should().Be(BooleanDataViewType.Instance);
        schema["Pair"].Type.Should().Be(new VectorDataViewType(NumberDataViewType.Single, 2));
        schema["Series"].Type.Should().BeOfType<VectorDataViewType>().Which.IsKnownSize.Should().BeFalse();
    }

    [Fact]
    public void Rows_come_back_as_they_went_in()
    {
        var rows = Reading.Some();
        var data = _ml.Data.LoadFromEnumerable(rows);

        _ml.Data.CreateEnumerable<Reading>(data, reuseRowObject: false).Should().BeEquivalentTo(rows, o => o.WithStrictOrdering());
    }

    [Fact]
    public void A_reused_row_object_is_one_object()
    {
        var data = _ml.Data.LoadFromEnumerable(Reading.Some(3));

        _ml.Data.CreateEnumerable<Reading>(data, reuseRowObject: true).Distinct().Should().ContainSingle();
    }

    [Fact]
    public void Keys_dates_and_renamed_columns_are_kept()
    {
        var row = new Everything { Key = 3, Time = new(2020, 2, 29), Offset = new(2020, 2, 29, 1, 2, 3, TimeSpan.FromHours(2)), Span = TimeSpan.FromSeconds(5), Words = ["a", "b"], Named = 7 };
        var data = _ml.Data.LoadFromEnumerable([row]);

        data.Schema["Key"].Type.Should().Be(new KeyDataViewType(typeof(uint), 5));
        data.Schema["other name"].Type.Should().Be(NumberDataViewType.Int64);
        _ml.Data.CreateEnumerable<Everything>(data, reuseRowObject: false).Single().Should().BeEquivalentTo(row);
    }

    [Fact]
    public void A_schema_definition_gives_sizes_types_and_annotations_at_run_time()
    {
        var definition = SchemaDefinition.Create(typeof(Reading));
        definition["Series"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 3);
        definition["Series"].AddAnnotation("Unit", "m".AsMemory(), TextDataViewType.Instance);
        var data = _ml.Data.LoadFromEnumerable([new Reading { Series = [1, 2, 3] }], definition);

        data.Schema["Series"].Type.Should().Be(new VectorDataViewType(NumberDataViewType.Single, 3));
        ReadOnlyMemory<char> unit = default;
        data.Schema["Series"].Annotations.GetValue("Unit", ref unit);
        unit.ToString().Should().Be("m");
    }

    [Fact]
    public void A_schema_gives_its_types()
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Series", new VectorDataViewType(NumberDataViewType.Single, 3));
        var data = _ml.Data.LoadFromEnumerable([new Reading { Series = [1, 2, 3] }], builder.ToSchema());

        data.Schema["Series"].Type.Should().Be(new VectorDataViewType(NumberDataViewType.Single, 3));
    }

    [Fact]
    public void A_missing_column_is_refused_unless_told_otherwise()
    {
        var data = _ml.Data.LoadFromEnumerable(Reading.Some());

        FluentActions.Invoking(() => _ml.Data.CreateEnumerable<Sum>(data, reuseRowObject: false).ToArray())
            .Should().Throw<InvalidOperationException>().WithMessage("*Result*");
        _ml.Data.CreateEnumerable<Sum>(data, reuseRowObject: false, ignoreMissingColumns: true).Should().HaveCount(6);
    }

    [Fact]
    public void A_member_of_another_type_is_refused()
    {
        var data = _ml.Data.LoadFromEnumerable(Reading.Some());

        FluentActions.Invoking(() => _ml.Data.CreateEnumerable<WrongValue>(data, reuseRowObject: false).ToArray())
            .Should().Throw<InvalidOperationException>().WithMessage("*Value*");
    }

    [Fact]
    public void An_arrays_length_is_not_held_against_its_columns_size() =>
        _ml.Data.LoadFromEnumerable([new Reading { Pair = [1, 2, 3] }]).GetColumn<float[]>("Pair").Single().Should().Equal(1, 2, 3);

    [Fact]
    public void A_column_can_be_read_by_itself()
    {
        var data = _ml.Data.LoadFromEnumerable(Reading.Some());

        data.GetColumn<float>("Value").Should().Equal(0, 1, 2, 3, 4, 5);
        data.GetColumn<string>("Host").Should().Equal("h0", "h1", "h2", "h0", "h1", "h2");
        data.GetColumn<float[]>("Series").Last().Should().Equal(0, 1, 2, 3, 4);
    }

    [Fact]
    public void Any_enumerable_is_read_anew_by_every_cursor()
    {
        int passes = 0;
        IEnumerable<Reading> Rows()
        {
            passes++;
            yield return new() { Value = 1 };
        }
        var data = _ml.Data.LoadFromEnumerable(Rows());

        data.GetColumn<float>("Value").Should().Equal(1);
        data.GetColumn<float>("Value").Should().Equal(1);
        passes.Should().Be(2);
        data.GetRowCount().Should().BeNull();
        _ml.Data.LoadFromEnumerable(Reading.Some()).GetRowCount().Should().Be(6);
    }

    private sealed class Everything
    {
        [KeyType(5)]
        public uint Key { get; set; }

        public DateTime Time { get; set; }

        public DateTimeOffset Offset { get; set; }

        public TimeSpan Span { get; set; }

        public string[] Words { get; set; } = [];

        [ColumnName("other name")]
        public long Named { get; set; }

        public bool Flag { get; set; } = true;

        public double Double { get; set; } = 0.1;

        public sbyte SByte { get; set; } = -1;

        public byte Byte { get; set; } = 1;

        public short Int16 { get; set; } = -2;

        public ushort UInt16 { get; set; } = 2;

        public int Int32 { get; set; } = -3;

        public uint UInt32 { get; set; } = 3;

        public ulong UInt64 { get; set; } = 4;
    }

    private sealed class WrongValue
    {
        public int Value { get; set; }
    }
}
