using System.Text.Json;
using Microsoft.ML.SoftPrompt.Persistence;

namespace Microsoft.ML.SoftPrompt.Streaming;

/// <summary>
/// The file that a detector's series are kept in: <c>SPSTREAM</c>, a JSON header with what they belong to, the series, the one that had no
/// reading for longest first, and a checksum. docs/streaming.md describes it.
/// </summary>
internal static class StreamingState
{
    private const int Version = 1;

    // A header is a few hundred bytes; columns' names may be long.
    private const int LongestHeader = 1 << 16;

    private static ReadOnlySpan<byte> Magic => "SPSTREAM"u8;

    /// <summary>What a state belongs to (KeepsTimes: whether series keep the times of their window), how many series it has, and the counts.</summary>
    internal sealed record Header(int Version, ModelInput Input, string Model, int Stride, bool KeepsTimes, int Series, StreamingCounts Counts);

    public static void Write(Stream stream, ModelInput input, string model, StreamingRules rules, StreamingCounts counts, IReadOnlyCollection<TrailingSeries> series)
    {
        using var writer = new StateWriter(stream);
        writer.Write(Magic);
        byte[] header = JsonSerializer.SerializeToUtf8Bytes(new Header(Version, input, model, rules.Stride, rules.KeepsTimes, series.Count, counts), ModelJson.Default.StreamingHeader);
        writer.Write(header.Length);
        writer.Write(header);
        foreach (TrailingSeries one in series)
            one.Write(writer);
        writer.WriteHash();
    }

    /// <summary>Reads a state and hands its series over, one after another.</summary>
    /// <param name="stream">Read from its position and left open.</param>
    /// <param name="input">What the detector's model takes.</param>
    /// <param name="model">The fingerprint that the state's has to be; null where any will do.</param>
    /// <param name="rules">The detector's.</param>
    /// <param name="take">Called with each series.</param>
    /// <returns>The counts.</returns>
    /// <exception cref="InvalidDataException">The stream is no state, is damaged, or is one of another model, window or stride.</exception>
    public static StreamingCounts Read(Stream stream, ModelInput input, string? model, StreamingRules rules, Action<TrailingSeries> take)
    {
        using var reader = new StateReader(stream);
        Header header = ReadHeader(reader);
        CheckBelongs(header, input, model, rules);
        long record = rules.WindowSize * (sizeof(float) + (rules.KeepsTimes ? sizeof(long) : 0L));
        if (stream.CanSeek && header.Series * record > stream.Length - stream.Position)
            throw new InvalidDataException($"The detector's state is cut short: of {header.Series} series of at least {record} bytes {stream.Length - stream.Position} bytes are there. Take an earlier copy, or start without a state.");
        for (int i = 0; i < header.Series; i++)
            take(TrailingSeries.Read(reader, rules));
        reader.CheckHash();
        return header.Counts;
    }

    private static Header ReadHeader(StateReader reader)
    {
        Span<byte> magic = stackalloc byte[Magic.Length];
        reader.Read(magic);
        if (!magic.SequenceEqual(Magic))
            throw new InvalidDataException("This is no detector's state: it does not begin with SPSTREAM. Give a file that StreamingDetector.Save wrote.");
        try
        {
            Header header = JsonSerializer.Deserialize(reader.ReadBytes(LongestHeader), ModelJson.Default.StreamingHeader) ?? throw StateReader.Damaged("no header", "one");
            if (header.Version != Version)
                throw new InvalidDataException($"The detector's state is of version {header.Version}; this one reads version {Version}. Use the version of the package that wrote it.");
            return header.Series >= 0 ? header : throw StateReader.Damaged($"{header.Series} series", "at least 0");
        }
        catch (JsonException e)
        {
            throw StateReader.Damaged("a header that cannot be read", "JSON", e);
        }
    }

    private static void CheckBelongs(Header header, ModelInput input, string? model, StreamingRules rules)
    {
        var differences = new List<string>();
        void Compare<T>(string what, T found, T expected)
        {
            if (!Equals(found, expected))
                differences.Add($"{what} is {found?.ToString() ?? "none"} there and {expected?.ToString() ?? "none"} here");
        }
        Compare("the window", header.Input.WindowSize, input.WindowSize);
        Compare("the stride", header.Stride, rules.Stride);
        Compare("the series' column", header.Input.Series, input.Series);
        Compare("the group's column", header.Input.Group, input.Group);
        Compare("LateReadings.Insert", header.KeepsTimes, rules.KeepsTimes);
        if (model is not null)
            Compare("the model's fingerprint", header.Model, model);
        if (differences.Count == 0)
            return;
        string advice = header.Model != model && model is not null && differences.Count == 1 ? "AllowStateOfOtherModel goes on with its readings" : "Create the detector as the one that saved it";
        throw new InvalidDataException($"The state belongs to another detector: {string.Join(", ", differences)}. {advice}, or start without a state.");
    }
}
