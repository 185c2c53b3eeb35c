using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Output;

public sealed class PrintableWriterTests
{
    [Fact]
    public void What_steers_a_terminal_is_replaced_and_line_breaks_and_tabs_are_not()
    {
        var text = new StringWriter { NewLine = "\n" };
        var writer = new PrintableWriter(text);

        writer.Write('\u001b');
        writer.Write("a\tb\r\n\u009b1m");
        writer.WriteLine("é\a");
        writer.Write(['x', '\0', 'y'], 1, 2);
        writer.WriteLine();
        writer.WriteLine((string?)null);

        text.ToString().Should().Be("\uFFFDa\tb\r\n\uFFFD1mé\uFFFD\n\uFFFDy\n\n");
    }
}
