namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Packages;

/// <summary>A program over Core and MiniLM alone: trimmed, compiled ahead of time, and answering as the ordinary one does.</summary>
[Trait("Category", "Long")]
[Collection(nameof(PackedRepository))]
public sealed class AheadOfTimeTests(PackedRepository packed)
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <InvariantGlobalization>true</InvariantGlobalization>
            <PublishAot>true</PublishAot>
            <!-- This processor's widest vectors, as the just-in-time compiler uses them: else the last bits differ. -->
            <IlcInstructionSet>native</IlcInstructionSet>
            <TrimmerSingleWarn>false</TrimmerSingleWarn>
          </PropertyGroup>
          <ItemGroup><PackageReference Include="Microsoft.ML.SoftPrompt.MiniLM" Version="VERSION" /></ItemGroup>
        </Project>
        """;

    private const string Source = """
        using Microsoft.ML.SoftPrompt.Backbones;
        using Microsoft.ML.SoftPrompt.Baselines;
        using Microsoft.ML.SoftPrompt.Evaluation;
        using Microsoft.ML.SoftPrompt.MiniLM;

        IBackbone backbone = MiniLMBackbone.Open();
        var input = new BackboneInput(backbone.HiddenSize);
        IReadOnlyList<int> tokens = backbone.EncodeText("a reading of 12 and one of 7");
        input.Add([.. tokens], [tokens.Count - 1]);
        var hidden = new float[backbone.HiddenSize];
        backbone.Forward(input, hidden);
        Console.WriteLine(string.Join(' ', hidden.Select(value => BitConverter.SingleToInt32Bits(value).ToString("x8"))));

        float[] usual = [.. Enumerable.Range(0, 60).Select(hour => MathF.Sin(hour / 3f))];
        float[] tried = [.. usual];
        tried[40] = 9;
        bool[] labels = [.. Enumerable.Range(0, 60).Select(hour => hour == 40)];
        foreach (IAnomalyMethod method in new IAnomalyMethod[] { new SubPcaMethod(), new SpectralResidualMethod() })
        {
            IAnomalyScorer scorer = method.Fit([new LabeledSeries(usual, new bool[60])], [], seed: 1);
            double[] scores = [.. scorer.Score([new LabeledSeries(tried, labels)])];
            Console.WriteLine($"{method.Name}: {RankMetrics.AreaUnderRoc(scores, labels)}");
        }
        """;

    [SkippableFact]
    public void AProgramOverCoreCompilesWithoutAWarningAndAnswersAlike()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "The linker is looked for as on Linux.");
        string? linker = ((string[])["clang", "gcc"]).FirstOrDefault(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, name))));
        Skip.If(linker is null, "Ahead-of-time compilation needs clang or gcc as its linker, and neither is on the PATH.");
        string folder = packed.Project("AheadOfTime", Project, Source, feeds: true);
        string published = Path.Combine(folder, "published");
        var (exitCode, output) = Dotnet.Run(folder, ["publish", "--use-current-runtime", $"-p:CppCompilerAndLinker={linker}", "--output", published], packed.PackagesFolder);
        PackedRepository.SkipWithoutFeed(exitCode, output, "runtime.*.Microsoft.DotNet.ILCompiler");
        exitCode.Should().Be(0, output);
        output.Should().NotContain("warning ");

        var (ended, answer) = Dotnet.RunProgram(Path.Combine(published, "AheadOfTime"), folder, []);
        ended.Should().Be(0, answer);
        string dll = Directory.EnumerateFiles(Path.Combine(folder, "bin"), "AheadOfTime.dll", SearchOption.AllDirectories).First();
        answer.Should().Be(Dotnet.Run(folder, [dll]).Output).And.Contain("Sub-PCA: 1");
    }
}
