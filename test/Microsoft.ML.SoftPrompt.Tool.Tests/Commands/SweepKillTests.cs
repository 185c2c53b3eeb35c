using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Commands;

/// <summary>A real process that sweeps, and SIGKILL, which no program can answer.</summary>
[Collection(CommandTests.Name)]
public sealed class SweepKillTests(TrainedModels models)
{
    [Fact]
    [Trait("Category", "Long")]
    public async Task A_sweep_that_is_killed_at_any_moment_goes_on_and_ends_with_the_same_result()
    {
        using var buffers = new Buffers();
        string[] Arguments(string name) => ["sweep", "--data", models.Data, "--split", "60/20/20", "--strategy", "halving", "--trials", "6", "--halving-rate", "2", "--epochs", "160", "--window", "8,12",
            "--stride", "4", "--prompt-learning-rate", "0.01..0.1:log", "--prompt-length", "4", "--backbone", TinyBackbone.Folder, "--parallel", "2",
            "--model", buffers.Path($"{name}.zip"), "--dir", buffers.Path(name)];
        Application.Run(Arguments("whole"), buffers.Console).Should().Be(0, buffers.Error);

        var random = new Random(1);
        int killed = 0;
        string output;
        while (true)
        {
            using Process process = Start(Arguments("killed"));
            Task<string> read = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            if (killed < 8 && !process.WaitForExit(random.Next(500, 2500)))
            {
                process.Kill();
                killed++;
            }
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
            output = await read;
            if (process.ExitCode == 0)
                break;
            process.ExitCode.Should().Be(137, await errors);
            File.Exists(buffers.Path("killed.zip")).Should().BeFalse("a model is there when its sweep has ended");
        }

        killed.Should().BePositive("the sweep is to outlive a kill");
        Best(output).Should().Be(Best(buffers.Output));
        Scores("killed").Should().Be(Scores("whole"));

        string Scores(string name)
        {
            Application.Run(["score", "--data", models.Data, "--model", buffers.Path($"{name}.zip"), "--output", buffers.Path("scores.csv")], buffers.Console).Should().Be(0, buffers.Error);
            return File.ReadAllText(buffers.Path("scores.csv"));
        }
    }

    private static string Best(string output) => Regex.Match(output, "best is trial .*").Value;

    private static Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])[Path.Join(AppContext.BaseDirectory, "softprompt.dll"), .. arguments])
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
