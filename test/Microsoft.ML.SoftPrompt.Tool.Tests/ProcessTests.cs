using System.Diagnostics;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Results;
using Microsoft.ML.SoftPrompt.Tool.Tests.Benchmarks;

namespace Microsoft.ML.SoftPrompt.Tool.Tests;

[Collection(CommandTests.Name)]
public sealed class ProcessTests(TrainedModels models)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static Process Start(params string[] arguments)
    {
        // A run that was started in the background ignores interrupts, and so would what it starts: env gives them back.
        string[] command = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", "dotnet"] : ["dotnet"];
        var start = new ProcessStartInfo(command[0]) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (string argument in (string[])[.. command[1..], Path.Join(AppContext.BaseDirectory, "softprompt.dll"), .. arguments])
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    [Fact]
    public async Task A_model_answers_in_another_process_as_in_this_one()
    {
        using var buffers = new Buffers();
        Application.Run(["score", "--data", models.Data, "--model", models.Points, "--output", "-"], buffers.Console).Should().Be(0, buffers.Error);

        using Process process = Start("score", "--data", "-", "--model", models.Points, "--output", "-", "--threads", "1");
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(await File.ReadAllTextAsync(models.Data));
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Patience);

        process.ExitCode.Should().Be(0, await error);
        (await output).Should().Be(buffers.Output);
    }

    [SkippableFact]
    public async Task An_interrupt_ends_a_benchmark_with_1_and_keeps_its_finished_cells()
    {
        Skip.If(OperatingSystem.IsWindows(), "signals are sent with kill");
        using var buffers = new Buffers();
        string results = buffers.Path("cells.jsonl");
        using Process process = Start("benchmark", "nab", "--data", SmallData.Write(buffers), "--results", results, "--backbone", TinyBackbone.Folder, "--set", "TruncateLongSeries=true",
            "--methods", "z-score,spear", "--tasks", "windows", "--seeds", "1", "--prompt-lengths", "20", "--bins", "100", "--no-transfer", "--epochs", "100000");
        string? line;
        do
            line = await process.StandardError.ReadLineAsync().WaitAsync(Patience);
        while (line is not null && !line.StartsWith("1/", StringComparison.Ordinal));

        using (Process kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
            await kill.WaitForExitAsync();
        string rest = await process.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);

        process.ExitCode.Should().Be(1);
        rest.Should().Contain($"1 cell is in {results}; the same command goes on from there.").And.EndWith("cancelled\n");
        ResultsFile.Read(results, buffers.Console).Select(cell => cell.Method).Should().Equal("z-score");
    }

    [SkippableFact]
    public async Task A_termination_ends_a_service_with_0()
    {
        Skip.If(OperatingSystem.IsWindows(), "signals are sent with kill");
        using Process process = Start("serve", "--model", models.Windows, "--urls", "http://127.0.0.1:0");
        string? line;
        do
            line = await process.StandardError.ReadLineAsync().WaitAsync(Patience);
        while (line is not null && !line.StartsWith("listening on", StringComparison.Ordinal));

        using (Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
            await kill.WaitForExitAsync();
        string rest = await process.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);

        process.ExitCode.Should().Be(0, rest);
        rest.Should().EndWith("stopped\n");
    }

    [Fact]
    public async Task Wrong_usage_ends_a_process_with_2()
    {
        using Process process = Start("train");

        await process.WaitForExitAsync().WaitAsync(Patience);

        process.ExitCode.Should().Be(2);
    }

    [SkippableFact]
    public async Task An_interrupt_ends_a_training_with_1_and_harms_nothing()
    {
        Skip.If(OperatingSystem.IsWindows(), "signals are sent with kill");
        using var buffers = new Buffers();
        string model = buffers.Write("model.zip", "before");
        using Process process = Start([.. TrainedModels.Arguments(models.Data, model).Select(argument => argument == "3" ? "100000" : argument)]);
        string? line;
        do
            line = await process.StandardError.ReadLineAsync().WaitAsync(Patience);
        while (line is not null && !line.StartsWith("epoch", StringComparison.Ordinal));

        using (Process kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
            await kill.WaitForExitAsync();
        string rest = await process.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);

        process.ExitCode.Should().Be(1);
        rest.TrimEnd().Should().EndWith("cancelled");
        Directory.GetFiles(buffers.Folder).Should().Equal(model);
        (await File.ReadAllTextAsync(model)).Should().Be("before");
    }

    [SkippableFact]
    public async Task A_file_is_watched_from_its_end_until_an_interrupt_which_saves_the_state()
    {
        Skip.If(OperatingSystem.IsWindows(), "signals are sent with kill");
        using var buffers = new Buffers();
        string[] rows = await File.ReadAllLinesAsync(models.Data);
        string data = buffers.Write("live.csv", string.Join('\n', rows[..201]) + "\n"), state = buffers.Path("live.state");
        using Process process = Start("watch", data, "--model", models.Windows, "--all", "--json", "--state", state);
        // What the columns are is said when the end was found.
        string? line = await process.StandardError.ReadLineAsync().WaitAsync(Patience);
        line.Should().StartWith("columns: value = value (as trained)");

        await File.AppendAllTextAsync(data, string.Join('\n', rows[201..210]) + "\n" + rows[210][..5]);
        await File.AppendAllTextAsync(data, rows[210][5..] + "\n");
        line = await process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        using (Process kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
            await kill.WaitForExitAsync();
        string rest = await process.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);

        process.ExitCode.Should().Be(1);
        line.Should().Contain("\"index\":9,\"time\":\"2020-01-09T17:00:00Z\"");
        rest.Should().Be("watched 10 readings, 1 window scored, " + (line!.Contains("start", StringComparison.Ordinal) ? "1 alarm" : "0 alarms") + "\ncancelled\n");
        File.Exists(state).Should().BeTrue();
    }

    [SkippableFact]
    public async Task When_nobody_reads_any_more_watching_ends_quietly()
    {
        Skip.If(OperatingSystem.IsWindows(), "pipes of Windows");
        string[] rows = await File.ReadAllLinesAsync(models.Data);
        using Process process = Start("watch", "-", "--model", models.Windows, "--all");
        await process.StandardInput.WriteAsync(string.Join('\n', rows[..20]) + "\n");
        await process.StandardInput.FlushAsync();
        (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience)).Should().StartWith("2020-01-01 09:00:00  -  ");

        process.StandardOutput.Close();
        // Standard input stays open: what ends it is that the output is closed.
        await process.StandardInput.WriteAsync(string.Join('\n', rows[20..40]) + "\n");
        await process.StandardInput.FlushAsync();
        string error = await process.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);

        process.ExitCode.Should().Be(0, error);
        error.Should().NotContain("error").And.Contain("watched ");
    }
}
