using System.Text;
using Microsoft.ML.SoftPrompt.Tool.Output;
using Microsoft.Win32.SafeHandles;
using Spectre.Console;

namespace Microsoft.ML.SoftPrompt.Tool;

/// <summary>Where the commands read and write; tests hand in buffers.</summary>
internal sealed class ToolConsole
{
    // Wide enough for every table and the plot; a file or a pipe has no width of its own.
    private const int RedirectedWidth = 140;

    private readonly Func<Stream> _openInput;
    private readonly Func<TextWriter> _openLiveOutput;

    /// <param name="openLiveOutput">Null where the output never goes away.</param>
    public ToolConsole(Func<Stream> openInput, TextWriter output, TextWriter error, bool outputIsTerminal, bool errorIsTerminal, Func<TextWriter>? openLiveOutput = null)
    {
        _openInput = openInput;
        _openLiveOutput = openLiveOutput ?? (() => output);
        Output = output;
        Error = new PrintableWriter(error);
        Tables = Create(output, outputIsTerminal);
        Status = Create(error, errorIsTerminal);
        ErrorIsTerminal = errorIsTerminal;
    }

    /// <summary>Gets the plain standard output: results, and `--output -`.</summary>
    public TextWriter Output { get; }

    /// <summary>Gets the plain standard error: what was guessed, warnings, errors.</summary>
    public TextWriter Error { get; }

    /// <summary>Gets standard output for tables and plots.</summary>
    public IAnsiConsole Tables { get; }

    /// <summary>Gets standard error for live progress.</summary>
    public IAnsiConsole Status { get; }

    public bool ErrorIsTerminal { get; }

    public Stream OpenInput() => _openInput();

    /// <summary>
    /// Opens standard output for lines that are read as they come: each leaves at once, and where nobody reads any more, writing fails.
    /// .NET's own writer hides that.
    /// </summary>
    public TextWriter OpenLiveOutput() => _openLiveOutput();

    public void Warn(string message) => Error.WriteLine($"warning: {Faults.Shortened(message)}");

    public static ToolConsole ForProcess()
    {
        // The plot and the tables use box-drawing characters.
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new ToolConsole(Console.OpenStandardInput, Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected, OpenPipe);
    }

    private static TextWriter OpenPipe()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
            return Console.Out;
        var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        // In a file, whose end others may move, .NET's own writer is right.
        return output.CanSeek ? Console.Out : new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
    }

    private static IAnsiConsole Create(TextWriter writer, bool isTerminal)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isTerminal)
        {
            console.Profile.Width = RedirectedWidth;
            console.Profile.Capabilities.Unicode = true;
        }
        return console;
    }
}
