using System.Text;

namespace Microsoft.ML.SoftPrompt.Tool.Tests;

/// <summary>A console of buffers, a folder of its own, and standard input from a string.</summary>
internal sealed class Buffers : IDisposable
{
    private readonly StringWriter _output = new(), _error = new();
    private readonly TextWriter _sharedOutput, _sharedError; // a service writes while a test looks

    public Buffers(string input = "")
    {
        (_sharedOutput, _sharedError) = (TextWriter.Synchronized(_output), TextWriter.Synchronized(_error));
        Console = new ToolConsole(() => new MemoryStream(Encoding.UTF8.GetBytes(input)), _sharedOutput, _sharedError, outputIsTerminal: false, errorIsTerminal: false);
        Folder = Directory.CreateTempSubdirectory("softprompt-tool-").FullName;
    }

    public ToolConsole Console { get; }

    public string Folder { get; }

    public string Output => Text(_output, _sharedOutput);

    public string Error => Text(_error, _sharedError);

    public string Path(string name) => System.IO.Path.Join(Folder, name);

    public string Write(string name, string text)
    {
        string path = Path(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private static string Text(StringWriter written, TextWriter shared)
    {
        // What a synchronized writer locks is itself.
        lock (shared)
            return written.ToString();
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
