namespace Microsoft.ML.SoftPrompt.Tensors;

public class HalfPrecisionTests
{
    [Fact]
    public void Every_half_widens_to_its_exact_value()
    {
        ushort[] all = [.. Enumerable.Range(0, 1 << 16).Select(i => (ushort)i)];
        float[] wide = new float[all.Length];
        HalfPrecision.Widen(all, wide);
        for (int i = 0; i < all.Length; i++)
        {
            float expected = (float)BitConverter.UInt16BitsToHalf(all[i]);
            if (float.IsNaN(expected))
                float.IsNaN(wide[i]).Should().BeTrue("of {0:X4}", i);
            else
                BitConverter.SingleToInt32Bits(wide[i]).Should().Be(BitConverter.SingleToInt32Bits(expected), "of {0:X4}", i);
        }
    }

    [Fact]
    public void The_remainder_of_a_length_is_widened_too()
    {
        float[] wide = new float[3];
        HalfPrecision.Widen([0x3C00, 0xC000, 0x3555], wide);
        wide.Should().Equal(1f, -2f, 0.333251953125f);
    }

    [Fact]
    public void A_bfloat16_is_the_upper_half_of_a_single()
    {
        float[] wide = new float[3];
        HalfPrecision.WidenBrain([0x3F80, 0xC049, 0x7F80], wide);
        wide.Should().Equal(1f, -3.140625f, float.PositiveInfinity);
    }

    [Theory]
    [InlineData(1f, 0x3F80)]
    [InlineData(-2.5f, 0xC020)]
    [InlineData(1.00390625f, 0x3F80)] // 1 + 2⁻⁸, half way: to even
    [InlineData(1.01171875f, 0x3F82)] // 1 + 3 · 2⁻⁸, half way: to even
    [InlineData(1.0078125f, 0x3F81)]
    public void A_single_narrows_to_the_nearest_bfloat16(float value, int expected) =>
        HalfPrecision.NarrowBrain(value).Should().Be((ushort)expected);
}
