namespace Microsoft.ML.SoftPrompt.Backbones;

public class QuantizedBlocksTests
{
    [Theory]
    [InlineData("F16")]
    [InlineData("BF16")]
    [InlineData("Q4_0")]
    [InlineData("Q4_1")]
    [InlineData("Q5_0")]
    [InlineData("Q5_1")]
    [InlineData("Q8_0")]
    [InlineData("Q4_K")]
    [InlineData("Q5_K")]
    [InlineData("Q6_K")]
    public void Blocks_become_the_bits_of_the_reference(string type)
    {
        using SafetensorsFile golden = SafetensorsFile.Open(Golden.PathOf("gguf/blocks.safetensors"));
        WeightTensor raw = golden.Tensors[type + ".raw"];
        byte[] bytes = new byte[raw.Bytes];
        golden.ReadRaw(raw, 0, bytes);
        float[] expected = new float[golden.Tensors[type + ".values"].Count], actual = new float[expected.Length];
        golden.Read(golden.Tensors[type + ".values"], expected);

        NumberTypes.BytesOf(type, expected.Length).Should().Be(bytes.Length);
        NumberTypes.Widen(type, bytes, actual);
        actual.Select(BitConverter.SingleToUInt32Bits).Should().Equal(expected.Select(BitConverter.SingleToUInt32Bits));
    }

    /// <summary>d = 0.5 and all q = 15 in the low, 0 in the high bits: 0.5 · 7 and 0.5 · −8.</summary>
    [Fact]
    public void A_block_worked_out_by_hand()
    {
        byte[] block = [0x00, 0x38, .. Enumerable.Repeat((byte)0x0F, 16)];
        float[] numbers = new float[32];
        NumberTypes.Widen("Q4_0", block, numbers);
        numbers.Should().Equal([.. Enumerable.Repeat(3.5f, 16), .. Enumerable.Repeat(-4f, 16)]);
    }

    [Fact]
    public void A_row_alone_is_the_same_as_in_its_tensor()
    {
        using SafetensorsFile golden = SafetensorsFile.Open(Golden.PathOf("gguf/blocks.safetensors"));
        byte[] bytes = new byte[golden.Tensors["Q6_K.raw"].Bytes];
        golden.ReadRaw(golden.Tensors["Q6_K.raw"], 0, bytes);
        float[] all = new float[2560], row = new float[256];
        NumberTypes.Widen("Q6_K", bytes, all);
        NumberTypes.Widen("Q6_K", bytes.AsSpan(3 * 210, 210), row);
        row.Should().Equal(all[(3 * 256)..(4 * 256)]);
    }
}
