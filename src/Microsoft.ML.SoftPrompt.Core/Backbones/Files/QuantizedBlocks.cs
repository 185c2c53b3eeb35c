using System.Buffers.Binary;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// Widens the quantized blocks of GGUF to singles: a block holds its numbers as small whole numbers q and, in half precision, the scale d
/// (and the least value m) that they share. Each product and each sum is rounded by itself, as the reference does, so the bits are its bits.
/// </summary>
internal static class QuantizedBlocks
{
    /// <summary>Numbers of a block of the types Q4_0 to Q8_0.</summary>
    public const int Small = 32;

    /// <summary>Numbers of a block of the K types, which is cut into parts of 16 or 32 with a scale each.</summary>
    public const int Large = 256;

    private const int HalfBytes = 2;
    private const int LowBits = 0xF;

    /// <summary>x = d · (q − 8): d, then 16 bytes with two q of 4 bits each, the first 16 numbers in the low bits.</summary>
    public static void WidenQ4_0(ReadOnlySpan<byte> blocks, Span<float> numbers)
    {
        for (; blocks.Length > 0; blocks = blocks[18..], numbers = numbers[Small..])
        {
            float d = Half(blocks);
            ReadOnlySpan<byte> pairs = blocks[HalfBytes..18];
            for (int i = 0; i < Small / 2; i++)
            {
                numbers[i] = d * ((pairs[i] & LowBits) - 8);
                numbers[i + Small / 2] = d * ((pairs[i] >> 4) - 8);
            }
        }
    }

    /// <summary>x = d · q + m: d, m, then q as in Q4_0.</summary>
    public static void WidenQ4_1(ReadOnlySpan<byte> blocks, Span<float> numbers)
    {
        for (; blocks.Length > 0; blocks = blocks[20..], numbers = numbers[Small..])
        {
            float d = Half(blocks), m = Half(blocks[HalfBytes..]);
            ReadOnlySpan<byte> pairs = blocks[(2 * HalfBytes)..20];
            for (int i = 0; i < Small / 2; i++)
            {
                numbers[i] = d * (pairs[i] & LowBits) + m;
                numbers[i + Small / 2] = d * (pairs[i] >> 4) + m;
            }
        }
    }

    /// <summary>x = d · (q − 16): d, the fifth bits of the 32 numbers, then the lower four as in Q4_0.</summary>
    public static void WidenQ5_0(ReadOnlySpan<byte> blocks, Span<float> numbers)
    {
        for (; blocks.Length > 0; blocks = blocks[22..], numbers = numbers[Small..])
        {
            float d = Half(blocks);
            uint fifth = BinaryPrimitives.ReadUInt32LittleEndian(blocks[HalfBytes..]);
            ReadOnlySpan<byte> pairs = blocks[6..22];
            for (int i = 0; i < Small / 2; i++)
            {
                numbers[i] = d * (((pairs[i] & LowBits) | Fifth(fifth, i)) - 16);
                numbers[i + Small / 2] = d * (((pairs[i] >> 4) | Fifth(fifth, i + Small / 2)) - 16);
            }
        }
    }

    /// <summary>x = d · q + m: d, m, then q as in Q5_0.</summary>
    public static void WidenQ5_1(ReadOnlySpan<byte> blocks, Span<float> numbers)
    {
        for (; blocks.Length > 0; blocks = blocks[24..], numbers = numbers[Small..])
        {
            float d = Half(blocks), m = Half(blocks[HalfBytes..]);
            uint fifth = BinaryPrimitives.ReadUInt32LittleEndian(blocks[(2 * HalfBytes)..]);
            ReadOnlySpan<byte> pairs = blocks[8..24];
            for (int i = 0; i < Small / 2; i++)
            {
                numbers[i] = d * ((pairs[i] & LowBits) | Fifth(fifth, i)) + m;
                numbers[i + Small / 2] = d * ((pairs[i] >> 4) | Fifth(fifth, i + Small / 2)) + m;
            }
        }
    }

    /// <summary>x = d · q: d, then 32 q of 8 bits, signed.</summary>
    public static void WidenQ8_0(ReadOnlySpan<byte> blocks, Span<float> numbers)
    {
        for (; blocks.Length > 0; blocks = blocks[34..], numbers = numbers[Small..])
        {
            float d = Half(blocks);
            ReadOnlySpan<byte> bytes = blocks[HalfBytes..34];
            for (int i = 0; i < Small; i++)
                numbers[i] = d * (sbyte)bytes[i];
        }
    }

    /// <summary>
    /// x = (d · s) · q − (e · t): d and e in half precision, 8 pairs (s, t) of 6 bits, one for each 32 numbers, then q of 4 bits. 32 bytes
    /// hold 64 numbers, the first 32 in the low bits.
    /// </summary>
    public static void WidenQ4_K(ReadOnlySpan<byte> blocks, Span<float> numbers)
    {
        for (; blocks.Length > 0; blocks = blocks[144..], numbers = numbers[Large..])
        {
            ReadOnlySpan<byte> pairs = blocks[16..144];
            for (int part = 0; part < 8; part++)
            {
                (float scale, float least) = ScaleAndLeast(blocks, part);
                int shift = part % 2 * 4;
                for (int i = 0; i < 32; i++)
                    numbers[part * 32 + i] = scale * ((pairs[part / 2 * 32 + i] >> shift) & LowBits) - least;
            }
        }
    }

    /// <summary>As Q4_K with a fifth bit of q: 32 bytes in front hold one for each eighth of the block, part p in bit p.</summary>
    public static void WidenQ5_K(ReadOnlySpan<byte> blocks, Span<float> numbers)
    {
        for (; blocks.Length > 0; blocks = blocks[176..], numbers = numbers[Large..])
        {
            ReadOnlySpan<byte> fifths = blocks[16..48], pairs = blocks[48..176];
            for (int part = 0; part < 8; part++)
            {
                (float scale, float least) = ScaleAndLeast(blocks, part);
                int shift = part % 2 * 4;
                for (int i = 0; i < 32; i++)
                    numbers[part * 32 + i] = scale * (((pairs[part / 2 * 32 + i] >> shift) & LowBits) | Fifth(fifths[i], part)) - least;
            }
        }
    }

    /// <summary>
    /// x = (d · s) · (q − 32): 128 bytes of q's lower 4 bits, 64 of its upper 2, 16 signed s of 8 bits, one for each 16 numbers, and d last.
    /// Half a block is four runs of 32 numbers: 64 bytes hold the lower bits of runs 0 and 1 (low bits) and 2 and 3 (high bits), and 32
    /// bytes the upper bits of all four, run r in bits 2r and 2r + 1.
    /// </summary>
    public static void WidenQ6_K(ReadOnlySpan<byte> blocks, Span<float> numbers)
    {
        for (; blocks.Length > 0; blocks = blocks[210..], numbers = numbers[Large..])
        {
            float d = Half(blocks[208..]);
            for (int part = 0; part < 8; part++)
            {
                (int half, int run) = (part / 4, part % 4);
                ReadOnlySpan<byte> lower = blocks.Slice(half * 64 + run % 2 * 32, 32), upper = blocks.Slice(128 + half * 32, 32), scales = blocks.Slice(192 + part * 2, 2);
                for (int i = 0; i < 32; i++)
                {
                    int q = ((lower[i] >> (run / 2 * 4)) & LowBits) | (((upper[i] >> (2 * run)) & 3) << 4);
                    numbers[part * 32 + i] = d * (sbyte)scales[i / 16] * (q - 32);
                }
            }
        }
    }

    /// <summary>d · s and e · t of a K block's part: of the 12 bytes, parts 0 to 3 have the lower 6 bits of a byte each, and parts 4 to 7 are put together from the rest.</summary>
    private static (float Scale, float Least) ScaleAndLeast(ReadOnlySpan<byte> block, int part)
    {
        ReadOnlySpan<byte> packed = block[4..16];
        (int s, int t) = part < 4
            ? (packed[part] & 0x3F, packed[part + 4] & 0x3F)
            : ((packed[part + 4] & LowBits) | (packed[part - 4] >> 6 << 4), (packed[part + 4] >> 4) | (packed[part] >> 6 << 4));
        return (Half(block) * s, Half(block[HalfBytes..]) * t);
    }

    private static int Fifth(uint bits, int index) => (int)((bits >> index) & 1) << 4;

    private static float Half(ReadOnlySpan<byte> bytes) => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes);
}
