using System.Globalization;
using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Tool.Output;

/// <summary>Writes when a series' alarm starts and ends, a line each, as it happens.</summary>
/// <param name="json">A line of JSON instead of a readable one.</param>
/// <param name="all">Every score, and not only those with which an alarm starts or ends.</param>
/// <param name="open">The series whose alarm has started already.</param>
internal sealed class AlarmWriter(TextWriter output, bool json, bool all, IEnumerable<string> open)
{
    private readonly HashSet<string> _alarmed = new(open, StringComparer.Ordinal);

    /// <summary>Gets the series whose alarm has not ended.</summary>
    public IReadOnlyCollection<string> Open => _alarmed;

    /// <summary>Gets how many alarms started.</summary>
    public int Alarms { get; private set; }

    /// <exception cref="OutputClosedException">Nobody reads any more.</exception>
    public void Write(StreamingScore score)
    {
        bool changed = score.PredictedLabel ? _alarmed.Add(score.Key) : _alarmed.Remove(score.Key);
        Alarms += changed && score.PredictedLabel ? 1 : 0;
        if (!changed && !all)
            return;
        string kind = !changed ? "score" : score.PredictedLabel ? "start" : "end";
        try
        {
            output.WriteLine(json ? Json(score, kind) : Text(score, kind));
        }
        catch (IOException fault) when (OutputClosedException.Is(fault))
        {
            throw new OutputClosedException(fault);
        }
    }

    /// <summary>Forgets a series that is no longer followed.</summary>
    /// <returns>Whether it had an alarm.</returns>
    public bool Forget(string key) => _alarmed.Remove(key);

    private static string Json(StreamingScore score, string kind) => JsonSerializer.Serialize(new
    {
        @event = kind,
        key = score.Key,
        index = score.Index,
        time = score.Time,
        value = float.IsNaN(score.Value) ? (float?)null : score.Value,
        score = score.Score,
        probability = score.Probability,
        anomaly = score.PredictedLabel,
    });

    private static string Text(StreamingScore score, string kind)
    {
        string place = score.Time is { } time ? time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"reading {score.Index}");
        string what = kind switch { "start" => "ALARM", "end" => "ended", _ => score.PredictedLabel ? "alarm" : "ok" };
        string value = float.IsNaN(score.Value) ? "missing" : score.Value.ToString(CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{place}  {Printable(score.Key)}  {what,-5}  value {value}  score {score.Score:0.000}  probability {score.Probability:0.0000}");
    }

    /// <summary>A name from the input without what a terminal would obey.</summary>
    private static string Printable(string key) => key.Any(char.IsControl) ? string.Concat(key.Select(symbol => char.IsControl(symbol) ? '\uFFFD' : symbol)) : key;
}

/// <summary>Whoever read the output has stopped: an end, not a fault.</summary>
internal sealed class OutputClosedException(IOException inner) : Exception(inner.Message, inner)
{
    // EPIPE, and Windows' ERROR_BROKEN_PIPE and ERROR_NO_DATA.
    public static bool Is(IOException fault) => fault.HResult is 32 or unchecked((int)0x8007006D) or unchecked((int)0x800700E8);
}
