using System.IO.Compression;

namespace Microsoft.ML.SoftPrompt.Fuzzing;

/// <summary>A zip whose entries are damaged one at a time and packed again, so that no checksum stands before the reader.</summary>
internal sealed class DamagedZip
{
    private readonly (string Name, byte[] Bytes)[] _entries;
    private readonly int[] _ours;

    /// <param name="zip">A sound file.</param>
    /// <param name="ours">Which entries are damaged, by their names.</param>
    public DamagedZip(byte[] zip, Func<string, bool> ours)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        _entries = [.. archive.Entries.Select(entry => (entry.FullName, Bytes(entry)))];
        _ours = [.. Enumerable.Range(0, _entries.Length).Where(i => ours(_entries[i].Name))];
    }

    /// <summary>The file with an entry changed, or once in a while left out or there twice.</summary>
    public byte[] Change(Random random)
    {
        int target = _ours[random.Next(_ours.Length)], how = random.Next(20);
        var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
            for (int i = 0; i < _entries.Length; i++)
            {
                (string name, byte[] bytes) = _entries[i];
                if (i != target)
                    Add(zip, name, bytes);
                else if (how > 0)
                    Add(zip, name, Change(name, bytes, random));
                if (i == target && how == 1)
                    Add(zip, name, bytes);
            }
        return buffer.ToArray();
    }

    private static byte[] Change(string name, byte[] bytes, Random random) => name switch
    {
        _ when name.EndsWith(".json", StringComparison.Ordinal) => DamagedJson.Change(bytes, random),
        _ when name.EndsWith(".safetensors", StringComparison.Ordinal) => DamagedSafetensors.Change(bytes, random),
        _ => Damage.Change(bytes, random),
    };

    private static void Add(ZipArchive zip, string name, byte[] bytes)
    {
        using Stream entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        entry.Write(bytes);
    }

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        using var bytes = new MemoryStream();
        using Stream stream = entry.Open();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
