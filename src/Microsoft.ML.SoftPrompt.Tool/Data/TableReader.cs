namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>Reads a file by its extension; everything that is not named here, standard input included, is CSV.</summary>
internal static class TableReader
{
    public static InputTable Read(InputFile file, ToolConsole console) => Path.GetExtension(file.Path)?.ToLowerInvariant() switch
    {
        ".json" => JsonTableReader.Read(file, console),
        ".jsonl" or ".ndjson" => JsonTableReader.ReadLines(file, console),
        ".parquet" => throw new ToolException(BinaryFormat.ParquetAdvice(file)),
        _ => CsvTableReader.Read(file, console),
    };
}
