namespace Microsoft.ML.SoftPrompt.Backbones;

public class SafetensorsFileTests
{
    private static SafetensorsFile Open(byte[] bytes) => SafetensorsFile.Open(new MemoryStream(bytes), "w.safetensors");

    [Fact]
    public void A_sound_file_gives_names_shapes_and_values()
    {
        using SafetensorsFile file = Open(SafetensorsBytes.Of([("a", [2, 2], [1, -2, 3, 4]), ("b", [1], [0.5f])]));
        file.Tensors.Keys.Should().BeEquivalentTo("a", "b");
        file.Tensors["a"].ShapeText.Should().Be("[2, 2]");
        float[] values = new float[4];
        file.Read(file.Tensors["a"], values);
        values.Should().Equal(1, -2, 3, 4);
    }

    [Fact]
    public void Metadata_empty_tensors_and_scalars_are_accepted()
    {
        using SafetensorsFile file = Open(SafetensorsBytes.Raw(
            """{"__metadata__":{"format":"pt"},"none":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]},"one":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}   """, 4));
        (file.Tensors["none"].Count, file.Tensors["one"].Count).Should().Be((0, 1));
    }

    [Fact]
    public void Sixteen_bit_numbers_are_widened()
    {
        byte[] bytes = SafetensorsBytes.Raw(
            """{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[4,6]}}""", 6);
        ((byte[])[0x00, 0x3C, 0x00, 0xC0, 0x80, 0x3F]).CopyTo(bytes, bytes.Length - 6);
        using SafetensorsFile file = Open(bytes);
        float[] halves = new float[2], brain = new float[1];
        file.Read(file.Tensors["h"], halves);
        file.Read(file.Tensors["b"], brain);
        halves.Should().Equal(1, -2);
        brain.Should().Equal(1);
    }

    [Fact]
    public void The_hash_is_that_of_all_bytes()
    {
        byte[] bytes = SafetensorsBytes.Of([("a", [1], [1])]);
        using SafetensorsFile file = Open(bytes);
        file.Sha256().Should().Be(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
    }

    public static TheoryData<string, int, string> Faults => new()
    {
        { "{", 0, "*header is not the JSON*" },
        { "[]", 0, "*the header is a StartArray; expected a StartObject*" },
        { """{"a":[]}""", 0, "*tensor 'a' is a StartArray; expected a StartObject*" },
        { """{"a":{"dtype":"F32","shape":[1]}}""", 4, "*tensor 'a' lacks 'data_offsets'*" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"note":1}}""", 4, "*tensor 'a' has a field 'note'; expected dtype, shape and data_offsets only*" },
        { """{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "*tensor 'a' has 'dtype' twice*" },
        { """{"a":{"dtype":"Q4","shape":[1],"data_offsets":[0,4]}}""", 4, "*tensor 'a' is of unknown type 'Q4'; known are*F32*" },
        { """{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "*'shape' of tensor 'a' holds -1; expected whole numbers from 0*" },
        { """{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "*'shape' of tensor 'a' holds 1.5;*" },
        { """{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", 4, "*'shape' of tensor 'a' holds a String;*" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "*type F32 and shape [2] takes 8 bytes, but its data_offsets give it 4*" },
        { """{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}""", 4, "*shape [4294967296, 4294967296], more than any file can hold*" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "*tensor 'a' has data_offsets [0, 8]; expected a start and an end within the 4 bytes*" },
        { """{"a":{"dtype":"F32","shape":[0],"data_offsets":[4,0]}}""", 4, "*tensor 'a' has data_offsets [4, 0]*" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "*tensor 'a' stands in the header twice*" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "*tensor 'b' starts at byte 4*overlaps tensor 'a', which ends at 8*" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "*tensor 'b' starts at byte 8*leaves a gap after tensor 'a'*" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 9, "*has 71 bytes, but its tensors end at byte 66: it was cut, or something was added*" },
        { """{"a":{"dtype":"F32","shape":[[[[1]]]],"data_offsets":[0,4]}}""", 4, "*" },
        { """{} {}""", 0, "*header is not the JSON*" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_lying_header_is_refused_with_what_is_wrong(string header, int dataBytes, string message)
    {
        Action open = () => Open(SafetensorsBytes.Raw(header, dataBytes));
        open.Should().Throw<InvalidDataException>().WithMessage("'w.safetensors'" + message);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    [InlineData(1000)]
    public void A_header_longer_than_the_file_is_refused_before_anything_is_allocated(long claimed)
    {
        Action open = () => Open(SafetensorsBytes.Raw("{}", 10, claimed));
        open.Should().Throw<InvalidDataException>().WithMessage($"'w.safetensors' says that its header has {(ulong)claimed} bytes, but only 12 follow: it was cut*");
    }

    [Fact]
    public void A_file_of_a_few_bytes_is_refused()
    {
        Action open = () => Open([1, 2, 3]);
        open.Should().Throw<InvalidDataException>().WithMessage("'w.safetensors' has 3 bytes; a safetensors file begins with 8*");
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] whole = SafetensorsBytes.Of([("a", [3], [1, 2, 3]), ("b", [1], [4])]);
        for (int length = 0; length < whole.Length; length++)
        {
            Action open = () => Open(whole[..length]);
            open.Should().Throw<InvalidDataException>("of {0} of {1} bytes", length, whole.Length);
        }
    }

    [Fact]
    public void A_tensor_of_whole_numbers_is_not_read_as_singles()
    {
        using SafetensorsFile file = Open(SafetensorsBytes.Raw("""{"ids":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}""", 4));
        Action read = () => file.Read(file.Tensors["ids"], new float[1]);
        read.Should().Throw<InvalidDataException>().WithMessage("'w.safetensors': tensor 'ids' is of type I32; weights are read as F32, F16, BF16, Q4_0*");
    }

    [Fact]
    public void A_weight_that_is_not_finite_is_refused()
    {
        using SafetensorsFile file = Open(SafetensorsBytes.Of([("a", [2], [1, float.NaN])]));
        Action read = () => file.Read(file.Tensors["a"], new float[2]);
        read.Should().Throw<InvalidDataException>().WithMessage("'w.safetensors': tensor 'a' holds NaN at index 1; weights are finite numbers.");
    }
}
