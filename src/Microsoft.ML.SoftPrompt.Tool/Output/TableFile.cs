using System.Text;

namespace Microsoft.ML.SoftPrompt.Tool.Output;

/// <summary>Results that are JSON or CSV, as the name of their file says.</summary>
internal static class TableFile
{
    /// <summary>Writes JSON where the destination's name ends so, else CSV, and puts it in place.</summary>
    public static void Commit(this AtomicFile file, Func<byte[]> json, Action<TextWriter> writeCsv)
    {
        if (Path.GetExtension(file.Destination).Equals(".json", StringComparison.OrdinalIgnoreCase))
            file.Stream.Write(json());
        else
            using (var writer = new StreamWriter(file.Stream, new UTF8Encoding(false), leaveOpen: true))
                writeCsv(writer);
        file.Commit();
    }
}
