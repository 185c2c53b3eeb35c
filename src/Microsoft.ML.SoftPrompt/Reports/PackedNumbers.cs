using System.Buffers.Binary;
using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Reports;

/// <summary>
/// Writes numbers into JSON in the smallest form that gives them back exactly: a progression by its first number and its step, which a
/// regular time axis is, or else the bytes of an array (little-endian, as base64) of Byte, Int32, Single or Double.
/// </summary>
internal static class PackedNumbers
{
    public static void Write(Utf8JsonWriter json, string name, ReadOnlySpan<double> numbers)
    {
        json.WriteStartObject(name);
        if (IsProgression(numbers))
        {
            json.WriteNumber("count", numbers.Length);
            json.WriteNumber("first", numbers.IsEmpty ? 0 : numbers[0]);
            json.WriteNumber("step", numbers.Length < 2 ? 0 : numbers[1] - numbers[0]);
        }
        else
        {
            (string type, int size, WriteNumber write) = Smallest(numbers);
            var bytes = new byte[checked(numbers.Length * size)];
            for (int i = 0; i < numbers.Length; i++)
                write(bytes.AsSpan(i * size), numbers[i]);
            json.WriteString("type", type);
            json.WriteBase64String("base64", bytes);
        }
        json.WriteEndObject();
    }

    private delegate void WriteNumber(Span<byte> destination, double number);

    private static bool IsProgression(ReadOnlySpan<double> numbers)
    {
        if (numbers.Length < 2)
            return numbers.IsEmpty || double.IsFinite(numbers[0]);
        double first = numbers[0], step = numbers[1] - first;
        for (int i = 0; i < numbers.Length; i++)
            if (first + i * step != numbers[i])
                return false;
        return double.IsFinite(step);
    }

    private static (string Type, int Size, WriteNumber Write) Smallest(ReadOnlySpan<double> numbers) =>
        All(numbers, number => number == (byte)number) ? ("u1", 1, (destination, number) => destination[0] = (byte)number)
        : All(numbers, number => number == (int)number) ? ("i4", 4, (destination, number) => BinaryPrimitives.WriteInt32LittleEndian(destination, (int)number))
        : All(numbers, number => number == (float)number || double.IsNaN(number)) ? ("f4", 4, (destination, number) => BinaryPrimitives.WriteSingleLittleEndian(destination, (float)number))
        : ("f8", 8, BinaryPrimitives.WriteDoubleLittleEndian);

    private static bool All(ReadOnlySpan<double> numbers, Predicate<double> holds)
    {
        foreach (double number in numbers)
            if (!holds(number))
                return false;
        return true;
    }
}
