using System.Security.Cryptography;
using Microsoft.ML.SoftPrompt.Fuzzing;
using Microsoft.ML.SoftPrompt.Streaming;

namespace Microsoft.ML.SoftPrompt.Tests.Streaming;

/// <summary>A detector's state damaged at random, mostly with the checksum of what it then holds: it is read or refused, and what was read takes further readings.</summary>
public sealed class DamagedStateTests
{
    private const int Window = 4, HeaderStart = 16;

    private static readonly ModelInput s_input = new("Series", "Host", Window);

    private static readonly StreamingRules s_rules = new(
        new StreamingDetectorOptions { Stride = 2, LateReadings = LateReadings.Insert, RepeatedTimes = RepeatedTimes.KeepBoth, Gaps = ReadingGaps.Fill, Interval = TimeSpan.FromMinutes(1), LongestFilledGap = 2 }, Window);

    private static readonly byte[] s_sound = Sound();

    [Fact]
    public void Two_thousand_damaged_states_are_read_or_refused() => Run(FuzzedReader.OrdinaryCount, seed: 1);

    [Fact]
    [Trait("Category", "Long")]
    public void A_hundred_thousand_damaged_states_are_read_or_refused() => Run(FuzzedReader.LongCount, seed: 2);

    [Fact]
    public void A_time_that_is_none_is_refused()
    {
        byte[] forged = [.. s_sound];
        // The last series ends with the times of its window.
        BitConverter.TryWriteBytes(forged.AsSpan(forged.Length - SHA256.HashSizeInBytes - sizeof(long)), long.MinValue + 5);
        FluentActions.Invoking(() => Read(Hashed(forged))).Should().Throw<InvalidDataException>().WithMessage("*a reading at tick -9223372036854775803*");
    }

    private static void Run(int count, int seed) => new FuzzedReader("state", Read, typeof(InvalidDataException)) { Names = ["state"] }.Run(count, seed, Change);

    private static void Read(byte[] bytes)
    {
        var series = new List<TrailingSeries>();
        StreamingState.Read(new MemoryStream(bytes), s_input, null, s_rules, series.Add);
        var counts = new StreamingCounts();
        foreach (TrailingSeries one in series)
            foreach (int minute in (int[])[3, 1, 2, 1000, 5])
                if (one.Take(ToyDetector.At(minute, 1, one.Key), ref counts) && one.IsDue)
                    one.TakeWindow();
    }

    private static byte[] Change(Random random)
    {
        if (random.Next(6) == 0)
            return Damage.Change(s_sound, random);
        int header = (int)BitConverter.ToInt64(s_sound, HeaderStart - sizeof(long)), end = HeaderStart + header;
        byte[] json = s_sound[HeaderStart..end], series = s_sound[end..];
        if (random.Next(2) == 0)
            json = DamagedJson.Change(json, random);
        else
            series = Damage.Change(series, random);
        return Hashed([.. s_sound[..(HeaderStart - sizeof(long))], .. BitConverter.GetBytes((long)json.Length), .. json, .. series]);
    }

    private static byte[] Hashed(byte[] bytes)
    {
        if (bytes.Length > SHA256.HashSizeInBytes)
            SHA256.HashData(bytes.AsSpan(..^SHA256.HashSizeInBytes)).CopyTo(bytes, bytes.Length - SHA256.HashSizeInBytes);
        return bytes;
    }

    private static byte[] Sound()
    {
        var counts = new StreamingCounts();
        TrailingSeries[] series = [new("a", s_rules), new("b", s_rules)];
        foreach (TrailingSeries one in series)
            foreach (int minute in (int[])[1, 2, 5, 4, 6, 7])
                if (one.Take(ToyDetector.At(minute, minute, one.Key), ref counts) && one.IsDue)
                    one.TakeWindow();
        using var stream = new MemoryStream();
        StreamingState.Write(stream, s_input, "model", s_rules, counts, series);
        return stream.ToArray();
    }
}
