using System.Text;
using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Results;

/// <summary>
/// Cells, a JSON line each. A line is appended as a whole while no other process has the file; what a killed process left of its last line
/// is cut off then.
/// </summary>
internal static class ResultsFile
{
    // Another process appends a line of at most some hundred kilobytes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Reads the cells of a file; none where there is no file.</summary>
    /// <exception cref="ToolException">A line other than the last is no cell, or the file cannot be read.</exception>
    public static IReadOnlyList<BenchmarkCell> Read(string path, ToolConsole console)
    {
        if (!File.Exists(path))
            return [];
        string text = WithLock(path, FileAccess.Read, stream =>
        {
            using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: false));
            return reader.ReadToEnd();
        });
        string[] lines = text.Split('\n');
        var cells = new List<BenchmarkCell>();
        for (int i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]) && i == lines.Length - 1)
                continue;
            try
            {
                cells.Add(BenchmarkCell.Parse(lines[i]));
            }
            // A line without its end is what a process that was killed had written of it.
            catch (JsonException) when (i == lines.Length - 1)
            {
                console.Warn($"{path}, line {i + 1}: the last line breaks off, as when a run is killed while it writes; its cell counts as not done.");
            }
            catch (JsonException fault)
            {
                throw new ToolException($"{path}, line {i + 1}: not a cell of softprompt benchmark ({fault.Message}). Remove the line, and its cell is done again, or name another file with --results.", fault);
            }
        }
        return cells;
    }

    /// <summary>Proves that cells can be appended, before any long work is done.</summary>
    /// <exception cref="ToolException">They cannot.</exception>
    public static void CheckWritable(string path) => WithLock(path, FileAccess.ReadWrite, _ => 0);

    /// <summary>Appends a cell as a whole line.</summary>
    /// <exception cref="ToolException">The file cannot be written.</exception>
    public static void Append(string path, BenchmarkCell cell)
    {
        byte[] line = Encoding.UTF8.GetBytes(cell.ToLine() + "\n");
        WithLock(path, FileAccess.ReadWrite, stream =>
        {
            stream.Position = WholeLength(stream);
            stream.SetLength(stream.Position);
            if (stream.Length > 0 && ByteAt(stream, stream.Length - 1) != '\n')
                stream.WriteByte((byte)'\n');
            stream.Write(line);
            stream.Flush(flushToDisk: true);
            return 0;
        });
    }

    /// <summary>The length up to the end of the last whole line; a last line that is a cell but has no end is whole.</summary>
    private static long WholeLength(FileStream stream)
    {
        long end = stream.Length;
        while (end > 0 && ByteAt(stream, end - 1) != '\n')
            end--;
        if (end == stream.Length)
            return end;
        byte[] last = new byte[stream.Length - end];
        stream.Position = end;
        stream.ReadExactly(last);
        try
        {
            BenchmarkCell.Parse(Encoding.UTF8.GetString(last));
            return stream.Length;
        }
        catch (JsonException)
        {
            return end;
        }
    }

    private static int ByteAt(FileStream stream, long place)
    {
        stream.Position = place;
        int value = stream.ReadByte();
        stream.Position = stream.Length;
        return value;
    }

    private static T WithLock<T>(string path, FileAccess access, Func<FileStream, T> work)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using FileStream stream = new(path, access == FileAccess.Read ? FileMode.Open : FileMode.OpenOrCreate, access, FileShare.None);
                return work(stream);
            }
            catch (IOException fault) when (fault is not (FileNotFoundException or DirectoryNotFoundException) && System.Diagnostics.Stopwatch.GetElapsedTime(start) < Patience)
            {
                Thread.Sleep(Pause);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                throw new ToolException($"The results file '{path}' cannot be used: {fault.Message.TrimEnd('.')}. Name another one with --results.", fault);
            }
        }
    }
}
