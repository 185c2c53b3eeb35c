namespace Microsoft.ML.SoftPrompt.Tool.Tests;

/// <summary>Cancels when it is given a line that begins so.</summary>
internal sealed class CancellingWriter(string line, CancellationTokenSource source) : StringWriter
{
    public override void WriteLine(string? value)
    {
        base.WriteLine(value);
        if (value?.StartsWith(line, StringComparison.Ordinal) == true)
            source.Cancel();
    }
}
