using System.IO.Compression;
using System.Reflection;
using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Behaviour;

public sealed class ModelFileTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_stage_with_a_LoadableClass_is_found_again_in_a_fresh_context()
    {
        var data = _ml.Data.LoadFromEnumerable(Reading.Some());
        var model = _ml.Transforms.CopyColumns("Copy", "Value").Append(new FixedEstimator<ITransformer>(new PlusTransformer("Result", "Copy", 0.1f))).Fit(data);
        using var stream = Saved(model, data.Schema);

        var loaded = new MLContext().Model.Load(stream, out var schema);

        loaded.Transform(data).GetColumn<float>("Result").Should().Equal(model.Transform(data).GetColumn<float>("Result"));
        loaded.Should().BeAssignableTo<IEnumerable<ITransformer>>().Which.Last().Should().BeOfType<PlusTransformer>();
        schema.Select(c => (c.Name, c.Type.ToString())).Should().Equal(data.Schema.Select(c => (c.Name, c.Type.ToString())));
    }

    [Fact]
    public void The_zip_has_ml_nets_entries()
    {
        var data = _ml.Data.LoadFromEnumerable(Reading.Some());
        using var stream = Saved(new TransformerChain<ITransformer>(new PlusTransformer("A", "Value", 1), new PlusTransformer("B", "Value", 1)), data.Schema);
        using var zip = new ZipArchive(stream);

        zip.Entries.Select(e => e.FullName.Replace('\\', '/')).Should().BeEquivalentTo(
            "TrainingInfo/Version.txt", "Schema", "TransformerChain/Model.key",
            "TransformerChain/Transform_000/Model.key", "TransformerChain/Transform_000/number.bin",
            "TransformerChain/Transform_001/Model.key", "TransformerChain/Transform_001/number.bin");
    }

    [Fact]
    public void A_single_transformer_stands_where_a_chain_would()
    {
        using var stream = Saved(new PlusTransformer("Result", "Value", 1), null);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true))
            zip.Entries.Select(e => e.FullName.Replace('\\', '/')).Should().Contain("TransformerChain/Model.key").And.NotContain("Schema");

        _ml.Model.Load(stream, out var schema).Should().BeOfType<PlusTransformer>();
        schema.Should().BeNull();
    }

    [Fact]
    public void Scopes_survive()
    {
        var data = _ml.Data.LoadFromEnumerable(Reading.Some());
        var chain = new TransformerChain<ITransformer>(
            [new PlusTransformer("A", "Value", 1), new PlusTransformer("B", "Value", 1)], [TransformerScope.TrainTest, TransformerScope.Everything]);
        using var stream = Saved(chain, data.Schema);

        _ml.Model.Load(stream, out _).Transform(data).Schema.GetColumnOrNull("A").Should().BeNull();
    }

    [Fact]
    public void A_newer_version_than_the_reader_knows_is_refused()
    {
        using var stream = Saved(new PlusTransformer("Result", "Value", 1) { PretendedVersion = 3 }, null);

        var thrown = _ml.Model.Invoking(m => m.Load(stream, out _)).Should().Throw<Exception>().Which;
        Inner(thrown).OfType<FormatException>().Should().ContainSingle().Which.Message.Should().Contain("too new");
    }

    [Fact]
    public void What_a_loader_throws_comes_wrapped_as_from_any_reflection()
    {
        using var whole = Saved(new PlusTransformer("Result", "Value", 1), null);
        using var without = new MemoryStream();
        whole.CopyTo(without);
        using (var zip = new ZipArchive(without, ZipArchiveMode.Update, leaveOpen: true))
            zip.Entries.Single(e => e.Name == "number.bin").Delete();
        without.Position = 0;

        _ml.Model.Invoking(m => m.Load(without, out _)).Should().Throw<TargetInvocationException>().WithInnerException<InvalidDataException>().WithMessage("number.bin*");
    }

    [Fact]
    public void A_file_that_is_no_zip_or_is_cut_off_is_refused()
    {
        using var text = new MemoryStream("this is no model"u8.ToArray());
        _ml.Model.Invoking(m => m.Load(text, out _)).Should().Throw<InvalidDataException>();

        using var whole = Saved(new PlusTransformer("Result", "Value", 1), null);
        using var half = new MemoryStream(whole.ToArray()[..(int)(whole.Length / 2)]);
        _ml.Model.Invoking(m => m.Load(half, out _)).Should().Throw<InvalidDataException>();
    }

    [Fact]
    public void A_zip_of_something_else_is_refused()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            zip.CreateEntry("readme.txt");
        stream.Position = 0;

        _ml.Model.Invoking(m => m.Load(stream, out _)).Should().Throw<InvalidOperationException>().WithMessage("Could not load legacy format model*");
    }

    [Fact]
    public void The_file_is_opened_before_anything_is_saved()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "what was there");
            _ml.Model.Invoking(m => m.Save(new TransformerChain<ITransformer>(new TrainingOnlyRows(_ml)), null, path)).Should().Throw<NotSupportedException>();
            File.ReadAllText(path).Should().NotContain("what was there");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [SkippableFact]
    public void Annotations_of_text_survive_in_the_schema()
    {
        StandIn.Require();
        var definition = SchemaDefinition.Create(typeof(Reading));
        definition["Pair"].AddAnnotation("SlotNames", new VBuffer<ReadOnlyMemory<char>>(2, ["x".AsMemory(), "y".AsMemory()]), new VectorDataViewType(TextDataViewType.Instance, 2));
        using var stream = Saved(new PlusTransformer("Result", "Value", 1), _ml.Data.LoadFromEnumerable(Reading.Some(), definition).Schema);
        _ml.Model.Load(stream, out var schema);

        VBuffer<ReadOnlyMemory<char>> names = default;
        schema["Pair"].Annotations.GetValue("SlotNames", ref names);
        names.DenseValues().Select(n => n.ToString()).Should().Equal("x", "y");
    }

    private static IEnumerable<Exception> Inner(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
            yield return e;
    }

    private MemoryStream Saved(ITransformer model, DataViewSchema? schema)
    {
        var stream = new MemoryStream();
        _ml.Model.Save(model, schema, stream);
        stream.Position = 0;
        return stream;
    }
}
