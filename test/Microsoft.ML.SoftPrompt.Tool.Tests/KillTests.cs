using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Microsoft.ML.SoftPrompt.Tool.Tests;

/// <summary>A real process that trains, and SIGKILL, which no program can answer.</summary>
[Collection(CommandTests.Name)]
public sealed partial class KillTests(TrainedModels models)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    [Fact]
    public void A_training_that_is_killed_three_times_ends_with_the_model_of_an_uninterrupted_one() => KillAndGoOn(kills: 3, epochs: 36, seed: 1);

    [Fact]
    [Trait("Category", "Long")]
    public void A_training_that_is_killed_fifty_times_ends_with_the_model_of_an_uninterrupted_one() => KillAndGoOn(kills: 50, epochs: 500, seed: 2);

    /// <param name="kills">How many times the process is killed.</param>
    /// <param name="epochs">Enough that the training outlives them; where the machine is so slow to kill that it does not, all is done again with more.</param>
    /// <param name="seed">Says how long each process lives.</param>
    private void KillAndGoOn(int kills, int epochs, int seed)
    {
        var random = new Random(seed);
        using var buffers = new Buffers();
        string model = buffers.Path("model.zip"), checkpoint = buffers.Path("checkpoint"), whole = buffers.Path("whole.zip");
        Application.Run(TrainedModels.Arguments(models.Data, whole, epochs), buffers.Console).Should().Be(0, buffers.Error);
        string[] arguments = [.. TrainedModels.Arguments(models.Data, model, epochs), "--checkpoint", checkpoint];
        int killed = 0, resumed = 0;

        for (bool ended = false; !ended;)
        {
            using Process process = Start(arguments);
            string errors = "";
            // Lives are counted in epochs: together half of them at most.
            using var lived = new CountdownEvent(1 + random.Next(epochs / (2 * kills)));
            process.ErrorDataReceived += (_, line) =>
            {
                errors += line.Data + "\n";
                if (line.Data?.StartsWith("epoch", StringComparison.Ordinal) == true && !lived.IsSet)
                    lived.Signal();
            };
            process.BeginErrorReadLine();
            process.BeginOutputReadLine();
            if (killed < kills)
            {
                // Every fourth at any moment of its start, the others while they train.
                if (killed % 4 == 3)
                    process.WaitForExit(random.Next(1000));
                else
                {
                    // On a busy machine it may be at its end before its lines are read here.
                    var waited = Stopwatch.StartNew();
                    while (!lived.Wait(TimeSpan.FromMilliseconds(20)) && !process.HasExited)
                        waited.Elapsed.Should().BeLessThan(s_patience, errors);
                    process.WaitForExit(random.Next(20));
                }
                process.Kill();
            }
            process.WaitForExit(s_patience).Should().BeTrue();
            process.WaitForExit(); // for the rest of its lines
            resumed += errors.Contains("goes on", StringComparison.Ordinal) ? 1 : 0;
            ended = process.ExitCode == 0;
            killed += ended ? 0 : 1;

            (ended || killed <= kills).Should().BeTrue(errors);
            File.Exists(model).Should().Be(ended, "a model is there when its training has ended, and never half of one");
            Directory.GetFiles(checkpoint).Concat(Directory.GetFiles(buffers.Folder)).Where(path => path != whole && path != model)
                .Should().OnlyContain(path => Path.GetFileName(path) == SoftPromptAnomalyTrainer.CheckpointFileName || Leftover().IsMatch(path));
        }

        Learned(model).Should().BeEquivalentTo(Learned(whole));
        File.Exists(Path.Join(checkpoint, SoftPromptAnomalyTrainer.CheckpointFileName)).Should().BeFalse("the model is saved");
        if (killed < kills)
            KillAndGoOn(kills, 2 * epochs, seed);
        else
            resumed.Should().BeGreaterThan(kills / 2);
    }

    private static Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        // Costs a short process more than it gives.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (string argument in (string[])[Path.Join(AppContext.BaseDirectory, "softprompt.dll"), .. arguments])
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>The bytes of all entries, in hexadecimal, by name.</summary>
    private static Dictionary<string, string> Learned(string path)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        return zip.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using Stream stream = entry.Open();
            return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(stream));
        });
    }

    [GeneratedRegex(@"\.softprompt-[0-9a-f]{32}\.tmp$")]
    private static partial Regex Leftover();
}
