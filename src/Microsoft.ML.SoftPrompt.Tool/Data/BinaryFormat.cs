namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>Knows files that are no text by their first bytes, and says what to do with them.</summary>
internal static class BinaryFormat
{
    // A Parquet file begins and ends with these four bytes; a CSV file could begin with them.
    private static ReadOnlySpan<byte> ParquetMark => "PAR1"u8;

    private static ReadOnlySpan<byte> SqliteMark => "SQLite format 3\0"u8;

    /// <summary>What to tell the user, or null for a file that may be text. The stream is left at its start.</summary>
    public static string? Advice(InputFile file, Stream stream)
    {
        if (Stands(SqliteMark, stream, 0))
            return $"{file.DisplayName} is a SQLite database. Give it to --database, with --query and --order.";
        return Stands(ParquetMark, stream, 0) && Stands(ParquetMark, stream, stream.Length - ParquetMark.Length) ? ParquetAdvice(file) : null;
    }

    public static string ParquetAdvice(InputFile file)
    {
        string path = file.Path ?? "data.parquet", csv = Path.GetFileNameWithoutExtension(path) + ".csv";
        return $"{file.DisplayName} is a Parquet file, which is not read. Write it as CSV or JSON first, for example: duckdb -c \"COPY (FROM '{path}') TO '{csv}' (FORMAT csv, HEADER)\"";
    }

    private static bool Stands(ReadOnlySpan<byte> mark, Stream stream, long position)
    {
        Span<byte> bytes = stackalloc byte[mark.Length];
        stream.Position = Math.Max(0, position);
        bool stands = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length && bytes.SequenceEqual(mark);
        stream.Position = 0;
        return stands;
    }
}
