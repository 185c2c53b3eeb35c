using System.IO.Compression;
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Text;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Fuzzing;
using Microsoft.ML.SoftPrompt.Tests.Anomaly;
using Microsoft.ML.SoftPrompt.Tests.Lstm;

namespace Microsoft.ML.SoftPrompt.Tests.Persistence;

/// <summary>Models of every stage with one of the stage's streams damaged at random, packed anew and loaded.</summary>
public sealed class DamagedModelTests
{
    private static readonly MLContext s_ml = new(seed: 1);

    /// <summary>Kept, so that it is not opened for every model that names another backbone.</summary>
    private static readonly IBackbone s_deployed = MiniLM.MiniLMBackbone.Open();

    private static readonly Lazy<Dictionary<string, byte[]>> s_models = new(() =>
    {
        var windows = ToySeries.Windows(20);
        windows[3].Series[5] = float.NaN;
        var view = s_ml.Data.LoadFromEnumerable(windows);
        SoftPromptAnomalyTrainer.Options small = ToySeries.Options(1), carrying = ToySeries.Options(1);
        (small.EmbedBackbone, small.Calibration) = (false, SoftPromptCalibration.Platt);
        (carrying.EmbedBackbone, carrying.BackbonePath, carrying.PromptLength) = (true, SmallBackbone(), 2);
        return new()
        {
            ["quantizer"] = Save(s_ml.Transforms.QuantizeSeries(new QuantizingEstimator.Options { InputColumnName = "Series", GroupColumnName = "Host", BinCount = 4, Binning = QuantizationBinning.Quantile }).Fit(view)),
            ["labeler"] = Save(s_ml.Transforms.LabelContextAnomalies("IsContextAnomaly", "Series").Fit(view)),
            ["balancer"] = Save(s_ml.Transforms.BalanceTSmote("Series", neighbourCount: 2).Fit(view)),
            ["detector"] = Save(Tokens().Append(s_ml.AnomalyDetection.Trainers.SoftPrompt(small)).Fit(view)),
            ["detector that carries its backbone"] = Save(Tokens().Append(s_ml.AnomalyDetection.Trainers.SoftPrompt(carrying)).Fit(view)),
            ["LSTM"] = Save(s_ml.AnomalyDetection.Trainers.Lstm(ToyLstm.Options(1)).Fit(view)),
        };

        QuantizingEstimator Tokens() => s_ml.Transforms.QuantizeSeries("Tokens", "Series", 10);
    });

    public static TheoryData<string> Models => ["quantizer", "labeler", "balancer", "detector", "detector that carries its backbone", "LSTM"];

    [Theory]
    [MemberData(nameof(Models))]
    public void Two_thousand_damaged_models_load_or_are_refused_by_name(string model) => Run(model, FuzzedReader.OrdinaryCount, seed: 1);

    [Theory]
    [MemberData(nameof(Models))]
    [Trait("Category", "Long")]
    public void A_hundred_thousand_damaged_models_load_or_are_refused_by_name(string model) => Run(model, FuzzedReader.LongCount, seed: 2);

    [Fact]
    public void Any_quantizer_loads_or_is_refused_by_name() => Reader("quantizer", bytes => Load(Replaced("quantizer", "quantizer.json", bytes)))
        .Run(FuzzedReader.OrdinaryCount, DamagedJson.Any("outputColumnName", "inputColumnName", "groupColumnName", "binCount", "ranges", "whole", "minimum", "maximum", "groups"));

    [Theory]
    [InlineData("quantizer", "quantizer.json", "\"binCount\"")]
    [InlineData("labeler", "labeler.json", "\"inputColumnName\"")]
    [InlineData("detector", "model.json", "\"hiddenSize\"")]
    [InlineData("LSTM", "lstm.json", "\"hiddenSize\"")]
    public void What_stands_in_a_stream_twice_is_refused(string model, string stream, string key) =>
        FluentActions.Invoking(() => Load(Replaced(model, stream, Edited(model, stream, text => text.Replace(key, $"{key}: 7, {key}", StringComparison.Ordinal)))))
            .Should().Throw<InvalidDataException>().WithMessage($"Stream '{stream}' of the model file*");

    [Theory]
    [InlineData("quantizer", "quantizer.json")]
    [InlineData("labeler", "labeler.json")]
    [InlineData("balancer", "balancer.json")]
    [InlineData("detector", "model.json")]
    [InlineData("LSTM", "lstm.json")]
    public void A_hundred_thousand_levels_are_refused_at_the_first_too_many(string model, string stream) =>
        FluentActions.Invoking(() => Load(Replaced(model, stream, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 100_000))))))
            .Should().Throw<InvalidDataException>().WithMessage($"Stream '{stream}' of the model file*");

    [Theory]
    [InlineData("\"backboneFiles\": [\n    \"config.json\"", "\"backboneFiles\": [\n    null", "null in a list")]
    [InlineData("\"backboneFiles\": [\n    \"config.json\"", "\"backboneFiles\": [\n    \"../config.json\"", "a backbone file '../config.json'")]
    [InlineData("\"backboneFiles\": [\n    \"config.json\"", "\"backboneFiles\": [\n    \"/etc/passwd\"", "a backbone file '/etc/passwd'")]
    [InlineData("\"history\": [", "\"history\": [ null,", "null in a list")]
    public void A_document_with_a_name_or_an_entry_that_cannot_be_is_refused(string old, string changed, string named) =>
        FluentActions.Invoking(() => Load(Replaced("detector that carries its backbone", "model.json", ModelFileTests.Replace(Edited("detector that carries its backbone", "model.json", text => text), old, changed))))
            .Should().Throw<InvalidDataException>().WithMessage($"*{named}*");

    [Fact]
    [Trait("Category", "Long")]
    public void A_stream_that_unfolds_to_more_than_it_may_have_is_not_read_to_its_end()
    {
        // A third of a megabyte in the zip.
        byte[] bomb = Replaced("labeler", "labeler.json", new byte[300 << 20]);
        FluentActions.Invoking(() => Load(bomb)).Should().Throw<InvalidDataException>().WithMessage("*labeler.json of the model file*has more than*");
    }

    private static void Run(string model, int count, int seed)
    {
        var damaged = new DamagedZip(s_models.Value[model], IsOurs);
        s_deployed.HiddenSize.Should().BePositive();
        Reader(model, Load).Run(count, seed, damaged.Change);
    }

    private static FuzzedReader Reader(string model, Action<byte[]> read) => new(
        model, read, typeof(InvalidDataException), typeof(NotSupportedException), typeof(FileNotFoundException), typeof(InvalidOperationException))
    {
        // Of a backbone the fault is the one of its own reader, which names where it lies.
        Names = ["the model file", "The model file", "prompt.safetensors", "lstm.safetensors", "The model was trained in front of the backbone"],
        // A model whose backbone is not the one that was opened for it is held against the deployed one, which may have to be opened for that.
        FixedBytes = model == "detector" ? 1L << 30 : 4 << 20,
        NativeBytes = () => Tensors.AlignedMemory.AllocatedBytesForCurrentThread,
    };

    /// <summary>What ML.NET itself reads, its keys and its schema, is not ours to guard.</summary>
    private static bool IsOurs(string entry) => entry.StartsWith("TransformerChain/", StringComparison.Ordinal) && !entry.EndsWith(".key", StringComparison.Ordinal);

    private static void Load(byte[] zip)
    {
        try
        {
            s_ml.Model.Load(new MemoryStream(zip), out _);
        }
        catch (TargetInvocationException fault)
        {
            // One for the chain, and one for the stage within it.
            Exception inner = fault;
            while (inner is TargetInvocationException)
                inner = inner.InnerException!;
            ExceptionDispatchInfo.Throw(inner);
        }
    }

    private static byte[] Edited(string model, string stream, Func<string, string> edit)
    {
        byte[] bytes = [];
        ModelFileTests.Change(s_models.Value[model], EntryOf(model, stream), old => bytes = Encoding.UTF8.GetBytes(edit(Encoding.UTF8.GetString(old))));
        return bytes;
    }

    private static byte[] Replaced(string model, string stream, byte[] bytes) =>
        ModelFileTests.Change(s_models.Value[model], EntryOf(model, stream), _ => bytes);

    private static string EntryOf(string model, string stream)
    {
        using var zip = new ZipArchive(new MemoryStream(s_models.Value[model]));
        return zip.Entries.Select(entry => entry.FullName.Replace('\\', '/')).Single(name => name.EndsWith("/" + stream, StringComparison.Ordinal));
    }

    private static byte[] Save(ITransformer model)
    {
        using var stream = new MemoryStream();
        s_ml.Model.Save(model, null, stream);
        return stream.ToArray();
    }

    /// <summary>A BERT of one layer of four components, with a vocabulary of digits: its copy in a model file is a few kilobytes.</summary>
    private static string SmallBackbone()
    {
        const int D = 4, Wide = 4, Tokens = 15, Positions = 16;
        var tensors = new List<(string, long[], float[])>();
        void Add(string name, params long[] shape) => tensors.Add((name, shape, [.. Enumerable.Range(0, (int)shape.Aggregate((product, size) => product * size)).Select(i => i % 7 / 8f)]));
        void Linear(string name, long rows, long columns)
        {
            Add(name + ".weight", rows, columns);
            Add(name + ".bias", rows);
        }
        Add("embeddings.word_embeddings.weight", Tokens, D);
        Add("embeddings.position_embeddings.weight", Positions, D);
        Add("embeddings.token_type_embeddings.weight", 2, D);
        Linear("embeddings.LayerNorm", D, 1);
        foreach (string part in (string[])["self.query", "self.key", "self.value", "output.dense"])
            Linear("encoder.layer.0.attention." + part, D, D);
        Linear("encoder.layer.0.attention.output.LayerNorm", D, 1);
        Linear("encoder.layer.0.intermediate.dense", Wide, D);
        Linear("encoder.layer.0.output.dense", D, Wide);
        Linear("encoder.layer.0.output.LayerNorm", D, 1);
        string folder = TinyBackbone.Make();
        File.WriteAllBytes(Path.Combine(folder, "model.safetensors"), SafetensorsBytes.Of(tensors.Select(tensor => tensor.Item1.EndsWith("LayerNorm.weight", StringComparison.Ordinal) ? (tensor.Item1, new long[] { D }, tensor.Item3) : tensor)));
        File.WriteAllText(Path.Combine(folder, "config.json"), $$"""
            {"model_type": "bert", "vocab_size": {{Tokens}}, "hidden_size": {{D}}, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": {{Wide}},
             "max_position_embeddings": {{Positions}}, "type_vocab_size": 2, "layer_norm_eps": 1e-12, "hidden_act": "gelu", "position_embedding_type": "absolute"}
            """);
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Enumerable.Range(0, 10).Select(digit => $"{digit}")]);
        return folder;
    }
}
