using System.Text;

namespace Microsoft.ML.SoftPrompt.Tool.Tests;

/// <summary>A console of buffers, a folder of its own, and standard input from a string.</summary>
internal sealed class Buffers : IDisposable
{
    private readonly StringWriter _output = new(), _error = new();

    public Buffers(string input = "")
    {
        Console = new ToolConsole(() => new MemoryStream(Encoding.UTF8.GetBytes(input)), _output, _error, outputIsTerminal: false, errorIsTerminal: false);
        Folder = Directory.CreateTempSubdirectory("softprompt-tool-").FullName;
    }

    public ToolConsole Console { get; }

    public string Folder { get; }

    public string Output => _output.ToString();

    public string Error => _error.ToString();

    public string Path(string name) => System.IO.Path.Join(Folder, name);

    public string Write(string name, string text)
    {
        string path = Path(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
