using System.Diagnostics;
using Microsoft.ML.SoftPrompt.Tool.Commands;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Commands;

public sealed class CommandLineTextTests
{
    [Fact]
    public void Names_all_that_says_what_is_read()
    {
        CommandLineText.Data(new SeriesSource(["a b.csv", "c/*.csv"], new NamedColumns("v", "t", "bad", "host"), "labels.json"))
            .Should().Be("--data \"a b.csv\" \"c/*.csv\" --labels labels.json --value v --time t --label bad --group host");
        CommandLineText.Data(new SeriesSource([], new NamedColumns(Order: "t"), Query: "SELECT * FROM r WHERE host = 'web'", Database: "r.db"))
            .Should().Be("--database r.db --query \"SELECT * FROM r WHERE host = 'web'\" --order t");
    }

    [SkippableFact]
    public void A_shell_reads_every_argument_as_it_was()
    {
        Skip.If(OperatingSystem.IsWindows(), "asks a POSIX shell");
        const string Separator = "\u0001";
        string[] arguments = ["SELECT \"my col\" AS v FROM \"a-b\" WHERE x <> 'it''s' AND y != '$HOME'", "`id`", "a\\b", "*", "", "line\nline", "'", "plain.csv", "é!"];
        string script = $"printf '%s{Separator}' {string.Join(' ', arguments.Select(CommandLineText.Quote))}";

        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { RedirectStandardOutput = true })!;
        string output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();

        output.Split(Separator)[..^1].Should().Equal(arguments);
    }
}
