using System.Text;

namespace Microsoft.ML.SoftPrompt.Fuzzing;

/// <summary>Changes bytes at random: flipped bits, cuts, repetitions, splices, and numbers that are likely to hurt.</summary>
internal static class Damage
{
    /// <summary>What stands in the place of a number that is written in digits.</summary>
    private static readonly string[] s_numbers =
    [
        "0", "1", "-1", "2", "7", "1.5", "1e3", "1e400", "-0", "65536", "1048576", "2147483647", "2147483648", "4294967296", "9223372036854775807",
        "9223372036854775808", "18446744073709551616", "null", "true", "\"1\"", "[]", "{}", "00", "NaN", "Infinity", "-inf",
    ];

    /// <summary>One change or a few.</summary>
    /// <param name="sound">The input; it is left as it is.</param>
    /// <param name="random">Decides.</param>
    /// <param name="head">How many bytes the structure takes, where most changes are; by default all.</param>
    public static byte[] Change(byte[] sound, Random random, int head = int.MaxValue)
    {
        byte[] bytes = [.. sound];
        for (int changes = random.Next(3) == 0 ? random.Next(2, 4) : 1; changes > 0 && bytes.Length > 0; changes--)
        {
            int first = Math.Min(bytes.Length, head), at = random.Next(random.Next(8) == 0 ? bytes.Length : first), span = random.Next(1, 40);
            bytes = random.Next(7) switch
            {
                0 => FlipBits(bytes, at, random),
                1 => bytes[..at],
                2 => Overwrite(bytes, at, random),
                3 => ReplaceNumber(bytes, at, random),
                4 => [.. bytes[..at], .. bytes[Math.Max(0, at - span)..at], .. bytes[at..]],
                5 => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + span)..]],
                _ => [.. bytes[..at], .. bytes.Skip(random.Next(first)).Take(span), .. bytes[at..]],
            };
        }
        return bytes;
    }

    private static byte[] FlipBits(byte[] bytes, int at, Random random)
    {
        for (int i = random.Next(1, 5); i > 0; i--)
            bytes[Math.Min(bytes.Length - 1, at + random.Next(8))] ^= (byte)(1 << random.Next(8));
        return bytes;
    }

    /// <summary>Puts a number in the place of 4 or 8 bytes.</summary>
    private static byte[] Overwrite(byte[] bytes, int at, Random random)
    {
        long[] numbers = [0, 1, -1, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, 1L << 32, 1L << 40, 1L << 60, bytes.Length, bytes.Length + 1];
        byte[] number = BitConverter.GetBytes(numbers[random.Next(numbers.Length)]);
        number.AsSpan(0, Math.Min(random.Next(2) == 0 ? 4 : 8, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    /// <summary>Puts another number in the place of the next one that is written in digits.</summary>
    private static byte[] ReplaceNumber(byte[] bytes, int at, Random random)
    {
        int start = bytes.AsSpan(at).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (start < 0)
            return FlipBits(bytes, at, random);
        start += at;
        int length = bytes.AsSpan(start).IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        int end = length < 0 ? bytes.Length : start + length;
        return [.. bytes[..start], .. Encoding.UTF8.GetBytes(s_numbers[random.Next(s_numbers.Length)]), .. bytes[end..]];
    }
}
