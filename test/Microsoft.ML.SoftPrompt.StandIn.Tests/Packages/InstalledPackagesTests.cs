using System.Diagnostics;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Packages;

/// <summary>The packages as their users meet them: installed into new projects, which run.</summary>
[Trait("Category", "Long")]
[Collection(nameof(PackedRepository))]
public sealed class InstalledPackagesTests(PackedRepository packed)
{
    private const string Settings = "<TargetFramework>net10.0</TargetFramework><Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings><TreatWarningsAsErrors>true</TreatWarningsAsErrors>";

    private const string Stages = """
        <PackageReference Include="Microsoft.ML.SoftPrompt" Version="VERSION" />
        <PackageReference Include="Microsoft.ML.SoftPrompt.MiniLM" Version="VERSION" />
        """;

    private const string Console = $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup><OutputType>Exe</OutputType>{Settings}</PropertyGroup>
          <ItemGroup>{Stages}</ItemGroup>
        </Project>
        """;

    // The scores as bits: one process answers exactly as another.
    private const string Scoring = """
        public static class Scoring
        {
            public static string Score(string model)
            {
                var ml = new MLContext();
                var engine = ml.Model.CreatePredictionEngine<Row, Answer>(ml.Model.Load(model, out _));
                return "scores " + string.Join(' ', Row.Some.Take(2).Select(row => BitConverter.SingleToUInt32Bits(engine.Predict(row).Score).ToString("x8")));
            }
        }

        public sealed class Row
        {
            public bool Label { get; set; }
            public float[] Series { get; set; } = [];

            public static Row[] Some { get; } = [.. Enumerable.Range(0, 24).Select(i => new Row
            {
                Label = i % 3 == 0,
                Series = [.. Enumerable.Range(0, 8).Select(t => i % 3 == 0 && t == i % 8 ? 9f : t % 2 + i % 5 * 0.1f)],
            })];
        }

        public sealed class Answer
        {
            public float Score { get; set; }
        }
        """;

    private const string ConsoleSource = $$"""
        using Microsoft.ML;
        using Microsoft.ML.SoftPrompt;

        if (args is ["train", var path])
        {
            var ml = new MLContext(seed: 1);
            IDataView data = ml.Data.LoadFromEnumerable(Row.Some);
            var chain = ml.Transforms.QuantizeSeries("Features", "Series").Append(ml.AnomalyDetection.Trainers.SoftPrompt(promptLength: 2, maxEpochs: 1));
            ml.Model.Save(chain.Fit(data), data.Schema, path);
        }
        Console.WriteLine(Scoring.Score(args[1]));

        {{Scoring}}
        """;

    private const string Library = $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup><Version>1.0.0-preview</Version>{Settings}</PropertyGroup>
          <ItemGroup>{Stages}</ItemGroup>
        </Project>
        """;

    private const string LibrarysUser = $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup><OutputType>Exe</OutputType><DebugType>embedded</DebugType>{Settings}</PropertyGroup>
          <ItemGroup><PackageReference Include="Alarms" Version="1.0.0-preview" /></ItemGroup>
        </Project>
        """;

    private const string Web = $"""
        <Project Sdk="Microsoft.NET.Sdk.Web">
          <PropertyGroup>{Settings}</PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Microsoft.ML.SoftPrompt.AspNetCore" Version="VERSION" />
            <PackageReference Include="Microsoft.ML.SoftPrompt.MiniLM" Version="VERSION" />
          </ItemGroup>
        </Project>
        """;

    private const string WebSource = """
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddSoftPromptModel(builder.Configuration["Model"]!, options => options.Streaming.WindowSize = 8);
        var app = builder.Build();
        app.MapSoftPrompt();
        app.Run();
        """;

    // Programs look for the runtime that these tests run on, wherever that was installed.
    private static readonly (string, string) Runtime = ("DOTNET_ROOT", Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")));

    [SkippableFact]
    public void AConsoleProjectTrainsAndSavesAndAFreshProcessScoresAlikeAlsoThroughALibrarysPackageAndInOneFile()
    {
        string console = packed.Project("Console", Console, ConsoleSource);
        string model = Path.Combine(console, "model.zip");
        string trained = Scores(packed.Run(console, "run", "--configuration", "Release", "--", "train", model));
        Scores(packed.Run(console, "run", "--no-build", "--configuration", "Release", "--", "score", model)).Should().Be(trained);

        // The library's user names neither package and registers nothing.
        const string UserSource = "Console.WriteLine(Scoring.Score(args[0]));";
        string library = packed.Project("Alarms", Library, $"using Microsoft.ML;\n\n{Scoring}");
        packed.Run(library, "pack", "--output", packed.Packages);
        string user = packed.Project("LibrarysUser", LibrarysUser, UserSource);
        Scores(packed.Run(user, "run", "--configuration", "Release", "--", model)).Should().Be(trained);

        // One file takes the runtime's package, which the SDK does not carry.
        string single = packed.Project("OneFile", LibrarysUser, UserSource, feeds: true), published = Path.Combine(single, "published");
        var (exitCode, output) = Dotnet.Run(single, ["publish", "--use-current-runtime", "--self-contained", "false", "-p:PublishSingleFile=true", "--output", published], packed.PackagesFolder);
        PackedRepository.SkipWithoutFeed(exitCode, output, "Microsoft.NETCore.App.Runtime.*");
        exitCode.Should().Be(0, output);
        output.Should().NotContain("warning ");
        string program = Directory.EnumerateFileSystemEntries(published).Should().ContainSingle().Subject;

        (exitCode, output) = Dotnet.RunProgram(program, Path.GetTempPath(), [model], Runtime);

        exitCode.Should().Be(0, output);
        Scores(output).Should().Be(trained);
    }

    [Fact]
    public async Task AWebProjectServesAModel()
    {
        string model = Trained("WebModel");
        string web = packed.Project("Web", Web, WebSource);
        packed.Run(web, "build", "--configuration", "Release");
        string dll = Path.Combine(web, "bin", "Release", "net10.0", "Web.dll");

        using Process server = Dotnet.Start(Dotnet.Command, web, [dll, "--urls", "http://127.0.0.1:0", "--Model", model]);
        try
        {
            Task<string> errors = server.StandardError.ReadToEndAsync();
            using var client = new HttpClient { BaseAddress = await AddressOf(server), Timeout = TimeSpan.FromMinutes(2) };
            _ = server.StandardOutput.ReadToEndAsync();

            JsonElement health = await Answer(await client.GetAsync(new Uri("health", UriKind.Relative)));
            health.GetProperty("model").GetProperty("window").GetInt32().Should().Be(8);

            JsonElement scores = await Answer(await client.PostAsJsonAsync("score", new { values = (float[])[0, 1, 0, 9, 0, 1, 0, 1] }));
            scores.GetProperty("series")[0].GetProperty("windows").GetArrayLength().Should().Be(1);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }

        static async Task<JsonElement> Answer(HttpResponseMessage response)
        {
            using (response)
            {
                string body = await response.Content.ReadAsStringAsync();
                response.IsSuccessStatusCode.Should().BeTrue(body);
                return JsonDocument.Parse(body).RootElement;
            }
        }
    }

    [Fact]
    public void TheToolInstallsTrainsAndScores()
    {
        string folder = packed.Project("Tool", "<Project />", "");
        packed.Run(folder, "tool", "install", PackedRepository.Tool, "--version", packed.Version, "--tool-path", "tools", "--configfile", packed.Config);
        string program = Path.Combine(folder, "tools", OperatingSystem.IsWindows() ? "softprompt.exe" : "softprompt");
        File.WriteAllLines(Path.Combine(folder, "flow.csv"),
            ["time,value,label", .. Enumerable.Range(0, 96).Select(hour => $"2026-01-{1 + hour / 24:00}T{hour % 24:00}:00:00,{(hour % 30 == 7 ? 9 : hour % 2)},{(hour % 30 == 7 ? 1 : 0)}")]);

        Softprompt("train", "--data", "flow.csv", "--window", "8", "--stride", "8", "--split", "100/0/0", "--prompt-length", "2", "--epochs", "1", "--model", "flow.zip");
        Softprompt("score", "--data", "flow.csv", "--model", "flow.zip", "--output", "scores.csv");

        File.ReadAllLines(Path.Combine(folder, "scores.csv")).Length.Should().BeGreaterThan(96 / 8);

        void Softprompt(params string[] arguments)
        {
            var (exitCode, output) = Dotnet.RunProgram(program, folder, arguments, Runtime);
            exitCode.Should().Be(0, output);
        }
    }

    private static string Scores(string output) => output.Split('\n').Single(line => line.StartsWith("scores ", StringComparison.Ordinal)).Trim();

    private string Trained(string name)
    {
        string folder = packed.Project(name, Console, ConsoleSource);
        string model = Path.Combine(folder, "model.zip");
        packed.Run(folder, "run", "--configuration", "Release", "--", "train", model);
        return model;
    }

    /// <summary>Waits for the line by which a server tells its address.</summary>
    private static async Task<Uri> AddressOf(Process server)
    {
        const string Before = "Now listening on: ";
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await server.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            if (line.Contains(Before, StringComparison.Ordinal))
                return new Uri(line[(line.IndexOf(Before, StringComparison.Ordinal) + Before.Length)..]);
        throw new InvalidOperationException("The server ended before it told its address.");
    }
}
