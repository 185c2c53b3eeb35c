using System.Runtime.InteropServices;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.SoftPrompt.Reports;

namespace Microsoft.ML.SoftPrompt.Tests.Reports;

public sealed class PackedNumbersTests
{
    [Fact]
    public void Any_numbers_come_back_exactly() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<double[]>(), numbers => Unpack(Pack(numbers)).SequenceEqual(numbers)));

    [Theory]
    [InlineData(new double[] { 0, 1, 255, 3 }, "u1", 4)]
    [InlineData(new double[] { 0, -1, 70000 }, "i4", 12)]
    [InlineData(new double[] { 0.5, double.NaN, 3 }, "f4", 12)]
    [InlineData(new double[] { 0.1, 0.7, 0.2 }, "f8", 24)]
    public void The_smallest_type_that_is_exact_is_taken(double[] numbers, string type, int bytes)
    {
        JsonElement packed = Pack(numbers);

        packed.GetProperty("type").GetString().Should().Be(type);
        packed.GetProperty("base64").GetBytesFromBase64().Should().HaveCount(bytes);
        Unpack(packed).Should().Equal(numbers);
    }

    [Fact]
    public void A_regular_time_axis_is_a_few_bytes_whatever_its_length()
    {
        double[] times = Enumerable.Range(0, 200_000).Select(i => 1.7e12 + 300_000.0 * i).ToArray();

        JsonElement packed = Pack(times);

        packed.ToString().Length.Should().BeLessThan(60);
        Unpack(packed).Should().Equal(times);
    }

    private static JsonElement Pack(double[] numbers)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            PackedNumbers.Write(json, "packed", numbers);
            json.WriteEndObject();
        }
        return JsonSerializer.Deserialize<JsonElement>(stream.ToArray()).GetProperty("packed");
    }

    private static double[] Unpack(JsonElement packed)
    {
        if (!packed.TryGetProperty("base64", out JsonElement base64))
            return Enumerable.Range(0, packed.GetProperty("count").GetInt32()).Select(i => packed.GetProperty("first").GetDouble() + i * packed.GetProperty("step").GetDouble()).ToArray();
        byte[] bytes = base64.GetBytesFromBase64();
        return packed.GetProperty("type").GetString() switch
        {
            "u1" => Array.ConvertAll(bytes, number => (double)number),
            "i4" => Array.ConvertAll(MemoryMarshal.Cast<byte, int>(bytes).ToArray(), number => (double)number),
            "f4" => Array.ConvertAll(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), number => (double)number),
            _ => MemoryMarshal.Cast<byte, double>(bytes).ToArray(),
        };
    }
}
