using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;
using Microsoft.ML.SoftPrompt.Tool.Commands;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Benchmarks.Sets;

public sealed class BenchmarkSetTests : IDisposable
{
    private readonly Buffers _buffers = new();
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => _buffers.Dispose();

    public static IEnumerable<object[]> SeedsOfEach() => from benchmark in new[] { "nab", "nasa", "mimic" } from seed in new[] { 1, 2, 7 } select new object[] { benchmark, seed };

    private IReadOnlyList<IBenchmarkSet> Open(string benchmark, string folder) => BenchmarkCommand.Open(_ml, benchmark, folder, _buffers.Console);

    [Theory]
    [MemberData(nameof(SeedsOfEach))]
    public void Nothing_stands_on_two_sides(string benchmark, int seed)
    {
        string folder = SmallData.Write(_buffers);

        foreach (IBenchmarkSet set in Open(benchmark, folder))
        {
            foreach (string task in set.Tasks)
                NothingOnTwoSides(set, set.Cut(task, set.Split, seed), bySource: benchmark == "mimic");
        }
    }

    [SkippableTheory]
    [InlineData("nab", "nab/realAWSCloudwatch")]
    [InlineData("nasa", "nasa/smap")]
    [InlineData("mimic", "mimic")]
    public void Nothing_of_the_published_data_stands_on_two_sides(string benchmark, string relative)
    {
        string folder = RealFolder(relative);
        if (benchmark != "mimic")
            folder = WithValuesOfTheirOwn(folder, relative);

        foreach (IBenchmarkSet set in Open(benchmark, folder))
            NothingOnTwoSides(set, set.Cut(set.Tasks[0], set.Split, seed: 1), bySource: benchmark == "mimic");
    }

    /// <summary>Readings are known by their values, patients by their names.</summary>
    private static void NothingOnTwoSides(IBenchmarkSet set, BenchmarkData data, bool bySource)
    {
        IReadOnlyList<LabeledSeries>[] parts = [data.Training, data.Validation, data.Test];
        parts.Should().OnlyContain(part => part.Count > 0, "{0} has all parts", set.Name);
        if (bySource)
        {
            for (int one = 0; one < parts.Length; one++)
                for (int other = one + 1; other < parts.Length; other++)
                    parts[one].Select(series => series.Source).Intersect(parts[other].Select(series => series.Source)).Should().BeEmpty();
            return;
        }
        // Constant stretches repeat one value, which the training part alone has.
        HashSet<float>[] values = [.. parts.Select(part => part.SelectMany(series => series.Values.ToArray()).ToHashSet())];
        for (int one = 0; one < values.Length; one++)
            for (int other = one + 1; other < values.Length; other++)
                values[one].Overlaps(values[other]).Should().BeFalse("{0}: no reading is in part {1} and {2}", set.Name, one, other);
        // What is made for training is made of training series.
        data.Balanced.Take(data.Training.Count).Should().Equal(data.Training);
        data.Balanced.Count.Should().Be(data.Training.Count + data.Synthetic);
    }

    [Fact]
    public void Windows_of_nab_are_of_1_to_50_readings_laid_end_to_end()
    {
        IBenchmarkSet set = Open("nab", SmallData.Write(_buffers)).Single();

        BenchmarkData data = set.Cut("windows", set.Split, seed: 1);

        // Of 400 readings a file: 240, 80 and 80; every one of them is in one window.
        data.Training.Sum(series => series.Values.Length).Should().Be(2 * 240);
        data.Validation.Sum(series => series.Values.Length).Should().Be(2 * 80);
        data.Test.Sum(series => series.Values.Length).Should().Be(2 * 80);
        data.Training.Should().OnlyContain(series => series.Values.Length >= 1 && series.Values.Length <= 50);
        data.Training.Select(series => series.Values.Length).Distinct().Count().Should().BeGreaterThan(5);
        // The value of a reading of the first file is its place.
        foreach (LabeledSeries series in data.Test.Where(series => series.Source == "a.csv"))
            series.Labels.ToArray().Should().Equal(series.Values.ToArray().Any(value => SmallData.IsNabAnomaly((int)value)));
        data.Test.Select(series => (series.Times.Length, First: series.Times.ToArray()[0])).Should().Equal(data.Test.Select(series => (series.Values.Length, 0.0)));
        // Five minutes are 1/288 of a day.
        data.Test.First(series => series.Values.Length > 3).Times.Span[3].Should().BeApproximately(3 / 288.0, 1e-9);
    }

    [Fact]
    public void The_label_files_of_nab_are_two_tasks_on_the_same_windows()
    {
        IBenchmarkSet set = Open("nab", SmallData.Write(_buffers)).Single();

        BenchmarkData windows = set.Cut("windows", set.Split, seed: 3), labels = set.Cut("labels", set.Split, seed: 3);

        labels.Test.Select(series => series.Values.ToArray()).Should().BeEquivalentTo(windows.Test.Select(series => series.Values.ToArray()), options => options.WithStrictOrdering());
        labels.Test.Count(series => series.Labels.Span[0]).Should().BeLessThanOrEqualTo(windows.Test.Count(series => series.Labels.Span[0]));
    }

    [Fact]
    public void Windows_of_nasa_that_would_reach_over_a_cut_are_none()
    {
        IBenchmarkSet set = Open("nasa", SmallData.Write(_buffers)).Single();

        BenchmarkData data = set.Cut("smap", set.Split, seed: 1);

        // Of 1,200 readings a stream: 720, 240 and 240, so (720 − 100)/10 + 1 = 63, 15 and 15 windows, and of the 300 published for training 21.
        data.Training.Count.Should().Be(2 * (63 + 21));
        data.Validation.Count.Should().Be(2 * 15);
        data.Test.Count.Should().Be(2 * 15);
        data.Test.Should().OnlyContain(series => series.Values.Length == 100);
        data.Balanced.Count(series => series.Labels.Span[0]).Should().Be(data.Balanced.Count(series => !series.Labels.Span[0]));
        data.Balanced.Skip(data.Training.Count).Should().OnlyContain(series => IsAnomalous(series) && series.Values.Length == 100);
    }

    [Fact]
    public void A_stream_that_is_labelled_twice_is_one_stream()
    {
        IBenchmarkSet set = Open("nasa", SmallData.Write(_buffers)).Single();

        set.Cut("smap", set.Split, seed: 1).Test.CountBy(series => series.Source).Should().BeEquivalentTo(new Dictionary<string, int> { ["P-2"] = 15, ["Z-9"] = 15 });
    }

    [Fact]
    public void Series_of_mimic_are_a_patients_values_of_the_ten_most_common_tests()
    {
        IReadOnlyList<IBenchmarkSet> sets = Open("mimic", SmallData.Write(_buffers));
        sets.Select(set => set.Name).Should().Equal("mimic-iv", "mimic-iii");
        sets[0].Tasks.Should().Equal("union", "trend", "spike", "shift", "volatility");
        sets[1].Tasks.Should().Equal("union", "trend", "spike", "shift", "volatility", "flags", "union-or-flag");

        BenchmarkData data = sets[1].Cut("trend", sets[1].Split, seed: 1);

        // 20 patients, 30/20/50 percent of them, ten tests each.
        new[] { data.Training.Count, data.Validation.Count, data.Test.Count }.Should().Equal(60, 40, 100);
        data.Test.Select(series => series.Source).Distinct().Should().HaveCount(10);
        data.Test.Should().OnlyContain(series => series.Values.Length == SmallData.LabValues);
        // The values of every other patient rise by 5 a step.
        data.Test.Select(IsAnomalous).Should().Equal(data.Test.Select(series => int.Parse(series.Source, System.Globalization.CultureInfo.InvariantCulture) % 2 == 0));
        data.Synthetic.Should().Be(0);
    }

    [Fact]
    public void Flags_are_labels_a_value_and_only_abnormal_ones_count()
    {
        IBenchmarkSet set = Open("mimic", SmallData.Write(_buffers))[1];

        BenchmarkData flags = set.Cut("flags", set.Split, seed: 1), either = set.Cut("union-or-flag", set.Split, seed: 1);

        flags.LabelsPoints.Should().BeTrue();
        foreach (LabeledSeries series in flags.Test)
            series.Labels.ToArray().Should().Equal(Enumerable.Range(0, SmallData.LabValues).Select(i => i == 2 && series.Group == "50000"));
        either.LabelsPoints.Should().BeFalse();
        either.Test.Where(series => series.Group == "50000").Should().OnlyContain(series => IsAnomalous(series));
    }

    [Fact]
    public void A_missing_file_is_named_and_where_to_look()
    {
        FluentActions.Invoking(() => Open("nab", _buffers.Folder)).Should().Throw<ToolException>().WithMessage("*has no file 'nab/labels/combined_windows.json'*softprompt data check*");
    }

    private static bool IsAnomalous(LabeledSeries series) => series.Labels.Span[0];

    private static string RealFolder(string relative)
    {
        string? named = Environment.GetEnvironmentVariable("SOFTPROMPT_DATA");
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); string.IsNullOrEmpty(named) && folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(candidate))
                named = candidate;
        }
        Skip.If(named is null || !Directory.Exists(Path.Combine(named, relative)), $"Skipped: the data folder '{relative}' is neither under SOFTPROMPT_DATA nor under ../shared/data.");
        return named!;
    }

    /// <summary>The same files with a running number for every value, so that readings are known by them.</summary>
    private string WithValuesOfTheirOwn(string folder, string relative)
    {
        int next = 0;
        foreach (string file in Directory.GetFiles(Path.Combine(folder, relative), "*.csv").Where(file => !file.EndsWith("labeled_anomalies.csv", StringComparison.Ordinal)))
        {
            string[] lines = File.ReadAllLines(file);
            int value = Array.IndexOf(lines[0].Split(','), "value");
            _buffers.Write($"data/{relative}/{Path.GetFileName(file)}", string.Join('\n', lines.Select((line, i) =>
            {
                string[] cells = line.Split(',');
                if (i > 0)
                    cells[value] = $"{next++}";
                return string.Join(',', cells);
            })));
        }
        // All of them are exact in single precision.
        next.Should().BeLessThan(1 << 24);
        if (Directory.Exists(Path.Combine(folder, "nab", "labels")))
        {
            foreach (string labels in Directory.GetFiles(Path.Combine(folder, "nab", "labels")))
                _buffers.Write($"data/nab/labels/{Path.GetFileName(labels)}", File.ReadAllText(labels));
        }
        return _buffers.Path("data");
    }
}
