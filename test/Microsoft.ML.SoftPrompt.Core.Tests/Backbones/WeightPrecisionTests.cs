using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Models whose matrices are kept in less than single precision.</summary>
[Collection(nameof(SchedulerThreads))]
public class WeightPrecisionTests
{
    /// <summary>Every family in both narrow forms at every vector width.</summary>
    public static IEnumerable<object[]> Cases() =>
        from family in TransformerFamily.All
        from precision in (WeightPrecision[])[WeightPrecision.BFloat16, WeightPrecision.EightBit]
        from width in Enumerable.Range(0, Kernels.Supported().Count)
        select new object[] { family.Name, precision, width };

    /// <summary>
    /// What rounding costs is not the kernels' doing: they must agree with a full engine whose weights were rounded before. On the way back
    /// from 8 bits the rounded weights are rounded again, to bfloat16: by at most 2⁻⁸ of a weight, in errors that do not all point the same way.
    /// </summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void A_narrow_model_is_a_full_one_of_rounded_weights(string family, WeightPrecision precision, int width)
    {
        using TemporaryModel rounded = new(family, precision);
        FamilyCase narrow = new(family, width, precision), full = new(family, width, weights: rounded.Folder);
        (float[] hidden, float[] gradient) = Pass(narrow);
        (float[] expectedHidden, float[] expectedGradient) = Pass(full);
        narrow.RelativeError(hidden, expectedHidden).Should().BeLessThan(1e-4);
        narrow.RelativeError(gradient, expectedGradient).Should().BeLessThan(precision == WeightPrecision.EightBit ? 0.02 : 1e-4);
    }

    /// <summary>
    /// A weight is off by at most 2⁻⁸ of itself, or by 1/254 of the largest of its 32, so by at most 0.4 %. A row passes L layers of four
    /// products each, forward, and their transposes on the way back; were all errors to add up in the same direction, the states would be off by
    /// 4 · L · 0.4 %, the gradient by twice that.
    /// </summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void A_narrow_model_is_near_the_reference(string family, WeightPrecision precision, int width)
    {
        FamilyCase golden = new(family, width, precision);
        (float[] hidden, float[] gradient) = Pass(golden);
        double bound = 4 * golden.Backbone.Fingerprint.Layers / 256.0;
        golden.RelativeError(hidden, golden.Hidden).Should().BeInRange(1e-5, bound, "rounding shows");
        golden.RelativeError(gradient, golden.Gradient).Should().BeInRange(1e-5, 2 * bound);
    }

    [Theory]
    [InlineData("bert", WeightPrecision.BFloat16)]
    [InlineData("bert", WeightPrecision.EightBit)]
    [InlineData("gemma3_text", WeightPrecision.BFloat16)]
    [InlineData("gemma3_text", WeightPrecision.EightBit)]
    public void A_series_has_the_same_bits_alone_in_a_batch_and_on_several_threads(string family, WeightPrecision precision)
    {
        FamilyCase golden = new(family, 0, precision);
        int d = golden.Backbone.HiddenSize, threads = Scheduler.MaxThreads;
        BackboneInput all = golden.Input(0);
        float[] recorded = Pass(golden).Hidden, together = new float[recorded.Length];
        try
        {
            Scheduler.MaxThreads = 4;
            golden.Backbone.Forward(all, together);
        }
        finally
        {
            Scheduler.MaxThreads = threads;
        }
        together.Should().Equal(recorded);
        for (int s = 0, row = 0; s < all.SeriesCount; row += golden.Lengths[s++])
        {
            BackboneInput alone = new(d);
            alone.Clear(default, all.SuppliedRows);
            alone.Add(all.Positions(s), all.Wanted(s));
            float[] hidden = new float[golden.Lengths[s] * d];
            golden.Backbone.Forward(alone, hidden);
            hidden.Should().Equal(recorded[(row * d)..((row + golden.Lengths[s]) * d)]);
        }
    }

    [Fact]
    public void A_path_is_opened_once_in_each_precision()
    {
        using ModelFolder folder = new();
        IBackbone[] opened = Array.ConvertAll(Enum.GetValues<WeightPrecision>(), precision => Backbone.Open(folder.Path, precision));
        opened.Should().OnlyHaveUniqueItems();
        opened.Select(backbone => backbone.Fingerprint).Distinct().Should().ContainSingle("the weights are those of the same files");
        foreach (IBackbone backbone in opened)
            Backbone.Open(folder.Path, Backbone.PrecisionOf(backbone)).Should().BeSameAs(backbone);
        Action open = () => Backbone.Open(folder.Path, (WeightPrecision)3), inspect = () => Backbone.Inspect(folder.Path, (WeightPrecision)3);
        open.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*Full, BFloat16, EightBit*");
        inspect.Should().Throw<ArgumentOutOfRangeException>();
    }

    /// <summary>What is kept, the largest matrix in singles, and what reads a file in parts: nothing else, in any precision.</summary>
    [Theory]
    [InlineData(WeightPrecision.Full, 4)]
    [InlineData(WeightPrecision.BFloat16, 2)]
    [InlineData(WeightPrecision.EightBit, 1.125)]
    public void Opening_takes_what_is_kept_and_the_largest_matrix(WeightPrecision precision, double bytes)
    {
        const int Layers = 4, Hidden = 512, Wide = 2048, Tokens = 1000, Positions = 64;
        string config = $$"""
            {
              "model_type": "bert", "hidden_act": "gelu", "hidden_size": {{Hidden}}, "intermediate_size": {{Wide}}, "layer_norm_eps": 1e-12,
              "max_position_embeddings": {{Positions}}, "num_attention_heads": 8, "num_hidden_layers": {{Layers}}, "type_vocab_size": 2, "vocab_size": {{Tokens}}
            }
            """;
        long native = AlignedMemory.AllocatedBytesForCurrentThread, managed = GC.GetAllocatedBytesForCurrentThread();
        GC.KeepAlive(RandomWeights.Open(config, precision));
        native = AlignedMemory.AllocatedBytesForCurrentThread - native;
        managed = GC.GetAllocatedBytesForCurrentThread() - managed;

        double kept = Layers * (4.0 * Hidden * Hidden + 2.0 * Hidden * Wide) * bytes + (Tokens + Positions) * Hidden * 4.0, largest = Hidden * Wide * 4.0;
        ((double)native).Should().BeInRange(kept, kept + largest + 200_000, "biases and norms are small");
        managed.Should().BeLessThan(1_500_000);
    }

    private static (float[] Hidden, float[] Gradient) Pass(FamilyCase of)
    {
        float[] hidden = new float[of.Rows * of.Backbone.HiddenSize], gradient = new float[hidden.Length];
        using IBackboneTape tape = of.Backbone.ForwardForTraining(of.Input(0), hidden);
        tape.Backward(of.Cotangent, [], gradient);
        return (hidden, gradient);
    }

    /// <summary>A family's model whose layers' matrices hold, as singles, what a precision makes of them.</summary>
    private sealed class TemporaryModel : IDisposable
    {
        private const int Block = 32;

        public TemporaryModel(string family, WeightPrecision precision)
        {
            string golden = Golden.PathOf("backbones/" + family);
            Folder = Directory.CreateTempSubdirectory("softprompt-rounded-").FullName;
            File.Copy(Path.Combine(golden, "config.json"), Path.Combine(Folder, "config.json"));
            HuggingFaceConfig config = HuggingFaceConfig.Read(new MemoryStream(File.ReadAllBytes(Path.Combine(golden, "config.json"))), "config.json");
            TransformerFamily kind = TransformerFamily.Of(config);
            LinearTensor[] linears = [.. kind.Tensors(kind.Shape(config)).Layers
                .SelectMany(layer => (LinearTensor[])[layer.Query, .. layer.KeyValue, layer.Output, .. layer.Gate, layer.Up, layer.Down]).DistinctBy(linear => linear.Name)];
            int rounded = 0;
            List<(string Name, long[] Shape, float[] Values)> tensors = SafetensorsBytes.Load(Path.Combine(golden, "model.safetensors"));
            foreach ((string name, _, float[] values) in tensors)
            {
                if (linears.FirstOrDefault(linear => name.EndsWith(linear.Name + ".weight", StringComparison.Ordinal)) is not { } linear)
                    continue;
                Round(values, linear, precision);
                rounded++;
            }
            rounded.Should().Be(linears.Length);
            File.WriteAllBytes(Path.Combine(Folder, "model.safetensors"), SafetensorsBytes.Of(tensors));
        }

        public string Folder { get; }

        public void Dispose() => Directory.Delete(Folder, recursive: true);

        private static void Round(float[] values, LinearTensor linear, WeightPrecision precision)
        {
            if (precision == WeightPrecision.BFloat16)
            {
                for (int i = 0; i < values.Length; i++)
                    values[i] = BitConverter.UInt32BitsToSingle((uint)HalfPrecision.NarrowBrain(values[i]) << 16);
                return;
            }
            for (int output = 0; output < linear.Stored; output++)
            {
                ref float At(int input) => ref values[linear.Transposed ? input * linear.Stored + output : output * linear.Inputs + input];
                for (int from = 0; from < linear.Inputs; from += Block)
                {
                    int to = Math.Min(from + Block, linear.Inputs);
                    float largest = 0;
                    for (int input = from; input < to; input++)
                        largest = Math.Max(largest, Math.Abs(At(input)));
                    for (int input = from; input < to && largest > 0; input++)
                        At(input) = MathF.Round(At(input) * (127 / largest)) * (largest / 127);
                }
            }
        }
    }
}
