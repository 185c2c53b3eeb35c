using System.Text;

namespace Microsoft.ML.SoftPrompt.Tool.Output;

/// <summary>Writes text that may quote data: a control character, with which a cell could steer a terminal, becomes the replacement character.</summary>
internal sealed class PrintableWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => inner.Write(char.IsControl(value) && value is not ('\n' or '\r' or '\t') ? '\uFFFD' : value);

    public override void Flush() => inner.Flush();
}
