using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Microsoft.ML.SoftPrompt.Tool.ZeroShot;

/// <summary>
/// Answers that were paid for, in a file of JSON lines: an interrupted run goes on where it was. Refusals and answers that say nothing are kept,
/// too, since they cost the same. One process writes a file at a time.
/// </summary>
internal sealed class AnswerCache : IDisposable
{
    private static ReadOnlySpan<byte> LineStart => "{\"Key\":\""u8;

    private readonly Dictionary<string, ChatAnswer> _answers = new(StringComparer.Ordinal);
    private readonly FileStream? _file;

    /// <param name="path">The file, made where it is missing; null keeps the answers in memory alone.</param>
    /// <exception cref="ToolException">The file cannot be opened, or is not one of answers.</exception>
    public AnswerCache(string? path)
    {
        if (path is null)
            return;
        try
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"The file of answers '{path}' cannot be opened: {fault.Message} One process uses it at a time; give each its own.", fault);
        }
        try
        {
            Load(path);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Gives what identifies a question: the hash of all that its answer depends on.</summary>
    public static string KeyOf(params IEnumerable<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(parts))));

    /// <summary>Gives the answer that was kept, or null.</summary>
    public ChatAnswer? Find(string key)
    {
        lock (_answers)
            return _answers.GetValueOrDefault(key);
    }

    /// <summary>Keeps an answer; it is on the disk when this returns.</summary>
    /// <param name="inFile">Whether other processes are to find it, too.</param>
    public void Add(string key, ChatAnswer answer, bool inFile = true)
    {
        lock (_answers)
        {
            _answers[key] = answer;
            if (_file is null || !inFile)
                return;
            _file.Write(JsonSerializer.SerializeToUtf8Bytes(new Line(key, answer)));
            _file.WriteByte((byte)'\n');
            _file.Flush(flushToDisk: true);
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Load(string path)
    {
        var bytes = new byte[_file!.Length];
        _file.ReadExactly(bytes);
        int start = 0;
        for (int number = 1; start < bytes.Length; number++)
        {
            ReadOnlySpan<byte> rest = bytes.AsSpan(start);
            int length = rest.IndexOf((byte)'\n');
            // A last line without its end was being written when the process ended: that answer is asked for again.
            if (length < 0 && rest.StartsWith(LineStart))
                break;
            try
            {
                ReadOnlySpan<byte> json = length < 0 ? rest : rest[..length];
                Line line = JsonSerializer.Deserialize<Line>(json) ?? throw new JsonException("it is null.");
                _answers[line.Key ?? throw new JsonException("it has no key.")] = line.Answer ?? throw new JsonException("it has no answer.");
            }
            catch (JsonException fault)
            {
                throw new ToolException($"Line {number} of '{path}' is not an answer as this program keeps them: {fault.Message} Nothing was changed; give another file, or take the line out.", fault);
            }
            start = length < 0 ? bytes.Length : start + length + 1;
        }
        _file.SetLength(start);
        _file.Position = start;
    }

    private sealed record Line([property: JsonRequired] string Key, [property: JsonRequired] ChatAnswer Answer);
}
