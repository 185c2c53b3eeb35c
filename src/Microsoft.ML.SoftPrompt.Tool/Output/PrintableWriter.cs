using System.Text;

namespace Microsoft.ML.SoftPrompt.Tool.Output;

/// <summary>Writes text that may quote data: a control character, with which a cell could steer a terminal, becomes the replacement character. A text leaves in one piece.</summary>
internal sealed class PrintableWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => inner.Write(Printable(value));

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(string? value) => inner.Write(Printable(value));

    public override void WriteLine() => inner.WriteLine();

    public override void WriteLine(string? value) => inner.WriteLine(Printable(value));

    public override void Flush() => inner.Flush();

    private static string? Printable(string? text) =>
        text is null || text.All(symbol => Printable(symbol) == symbol) ? text : string.Concat(text.Select(Printable));

    private static char Printable(char symbol) => char.IsControl(symbol) && symbol is not ('\n' or '\r' or '\t') ? '\uFFFD' : symbol;
}
