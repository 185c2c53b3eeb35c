using System.Xml.Linq;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Results;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Benchmarks.Results;

public sealed class ResultsPageTests : IDisposable
{
    private readonly Buffers _buffers = new();

    public void Dispose() => _buffers.Dispose();

    private static (string, string)[] Spear(string promptLength = "20", string bins = "100") => [("backbone", "MiniLM"), ("bins", bins), ("epochs", "10"), ("promptLength", promptLength)];

    [Fact]
    public void A_row_has_mean_and_deviation_over_the_seeds_and_how_many()
    {
        BenchmarkCell one = Cells.Make(seed: 1, settings: Spear()), two = Cells.Make(seed: 2, settings: Spear());
        two = two with { Test = two.Test with { Auroc = 0.675 } };

        // Mean of .875 and .675; half their distance times √2 is the deviation with n − 1.
        ResultsPage.Write([one, two]).Text.Should().Contain("| SPEAR | 2 | 0.750 ± 0.000 |").And.Contain("| 0.775 ± 0.141 |");
    }

    [Fact]
    public void The_difference_to_spear_is_paired_by_seed_and_has_an_interval()
    {
        // SPEAR ranks both anomalies first (AP 1); the control has one last of all: (1 + 2/4)/2.
        BenchmarkCell[] cells = [Cells.Make(seed: 1, scores: [4, 1, 3, 2], settings: Spear()), Cells.Make("jump", seed: 1, scores: [4, 2, 1, 3])];

        string page = ResultsPage.WriteTasks(cells);

        // Source a alone has the anomaly first in both; b alone last in the control (AP 1 against 1/2), so draws lie between 0 and 1/2.
        page.Should().MatchRegex(@"\| jump \| 1 .*\| \+0\.250 \(0\.000 to \+0\.500\) \|");
    }

    [Fact]
    public void The_papers_rows_stand_in_the_same_table()
    {
        string page = ResultsPage.Write([Cells.Make(settings: Spear())]).Text;

        page.Should().Contain("| *paper: SPEAR-BERT* |  | .8512 | .1071 | .3333 | .0638 | .7101 |  | .0568 |").And.Contain("### nab, windows (Table III, NAB AWS)").And.Contain("Why the paper's rows cannot be compared");
        page.Should().Contain("`softprompt benchmark nab`").And.Contain("1 min 01 s of training and scoring");
    }

    [Fact]
    public void Lengths_of_the_prompt_make_table_iv()
    {
        string page = ResultsPage.Write([Cells.Make(set: "nasa", task: "smap", settings: Spear()), Cells.Make(set: "nasa", task: "smap", settings: Spear(promptLength: "10"))]).Text;

        page.Should().Contain("Table IV: the length of the prompt, nasa smap").And.MatchRegex(@"\| 10 \| 1 \| 0\.750 .*\| \.7814 \|").And.MatchRegex(@"\| 20 \| 1 \| 0\.750 .*\| \.9112 \|");
        page.Should().NotContain("The number of bins");
    }

    [Fact]
    public void Lengths_of_the_prompt_are_compared_by_the_seeds_that_all_of_them_have()
    {
        BenchmarkCell Length(string length, int seed, double accuracy)
        {
            BenchmarkCell cell = Cells.Make(seed: seed, settings: Spear(promptLength: length));
            return cell with { Test = cell.Test with { Accuracy = accuracy } };
        }

        string page = ResultsPage.Write([Length("20", 1, 0.5), Length("20", 2, 0.9), Length("10", 1, 0.6)]).Text, apart = ResultsPage.Write([Length("20", 2, 0.9), Length("10", 1, 0.6)]).Text;

        page.Should().Contain("Of the seed that all of them have: 1.").And.MatchRegex(@"\| 10 \| 1 \| 0\.600 ").And.MatchRegex(@"\| 20 \| 1 \| 0\.500 ");
        apart.Should().Contain("No seed has all of them.");
    }

    [Fact]
    public void The_papers_rows_stand_once_a_task()
    {
        BenchmarkCell whole = Cells.Make(settings: Spear()), drawn = whole with { Settings = new(whole.Settings, StringComparer.Ordinal) { ["limit"] = "1/1/1" } };

        string page = ResultsPage.Write([whole, drawn]).Text;

        page.Split("*paper: SPEAR-BERT*").Should().HaveCount(2);
        page.Should().Contain("### nab, windows (Table III, NAB AWS)\n").And.Contain("### nab, windows, split 60/20/20, limit 1/1/1\n");
    }

    [Fact]
    public void A_row_tells_what_is_not_the_default_and_the_plainest_spear_is_the_one_that_others_are_held_against()
    {
        (string, string)[] longer = [.. Spear().Select(pair => pair.Item1 == "epochs" ? ("epochs", "40") : pair)], focal = [.. Spear(), ("FocalGamma", "2")];

        string page = ResultsPage.WriteTasks([Cells.Make(settings: focal), Cells.Make(settings: Spear()), Cells.Make(settings: longer), Cells.Make("jump")]);

        page.Should().MatchRegex(@"(?s)\| SPEAR \| 1.*\| jump \| 1.*\| SPEAR \(FocalGamma 2\) \| 1.*\| SPEAR \(epochs 40\) \| 1");
        page.Should().MatchRegex(@"\| SPEAR \| 1 \|.*\|  \| 10 \|").And.MatchRegex(@"\| SPEAR \(epochs 40\) .*\| 0\.000 .*\| 40 \|");
    }

    [Fact]
    public void Epochs_and_sizes_are_drawn_a_picture_each_under_a_name_of_its_own()
    {
        TrainingEpoch[] history = [new(1, 0.7, 0.01, 0.6, 0.5, 0.55, 0.6), new(2, 0.5, 0.01, 0.55, 0.6, 0.65, 0.7)];
        BenchmarkCell windows = Cells.Make(settings: Spear()) with { History = history, TrainedBytes = 60_000 }, labels = windows with { Task = "labels" };
        BenchmarkCell other = windows with { Settings = new(windows.Settings, StringComparer.Ordinal) { ["limit"] = "1/1/1" } };

        (string text, IReadOnlyList<ResultsFigure> figures) = ResultsPage.Write([windows, labels, other]);

        figures.Select(figure => figure.Path).Should().BeEquivalentTo("images/results-nab-windows.svg", "images/results-nab-windows-part2.svg", "images/results-nab-labels.svg", "images/results-sizes.svg");
        figures.Should().OnlyContain(figure => text.Contains($"]({figure.Path})"));
        XElement svg = XElement.Parse(figures[0].Svg);
        svg.Descendants().Count(element => element.Name.LocalName == "polyline").Should().BeGreaterThanOrEqualTo(5, "there are three metrics and two losses");
        svg.Value.Should().Contain("AUROC").And.Contain("validation loss");
    }

    [Fact]
    public void What_stands_outside_the_marks_is_kept()
    {
        string first = ResultsPage.Insert(null, "old\n");
        string page = ResultsPage.Insert("Before.\n" + first + "After.\n", "new\n");

        page.Should().StartWith("Before.\n# Results").And.EndWith("After.\n").And.Contain("\nnew\n").And.NotContain("old");
        FluentActions.Invoking(() => ResultsPage.Insert("by hand alone", "new")).Should().Throw<ToolException>().WithMessage("*two lines*");
    }

    [Fact]
    public void Files_of_several_processes_make_one_page_and_a_cell_done_twice_counts_once()
    {
        ResultsFile.Append(_buffers.Path("one.jsonl"), Cells.Make(seed: 1, settings: Spear()));
        ResultsFile.Append(_buffers.Path("two.jsonl"), Cells.Make(seed: 2, settings: Spear()));
        ResultsFile.Append(_buffers.Path("two.jsonl"), Cells.Make(seed: 1, version: "0.4.0", settings: Spear()));
        string page = _buffers.Path("page.md");

        Application.Run(["benchmark", "report", "--results", _buffers.Path("*.jsonl"), "--out", page], _buffers.Console).Should().Be(0, _buffers.Error);

        File.ReadAllText(page).Should().Contain("| SPEAR | 2 |");
        _buffers.Error.Should().Contain("version 0.3.0 on the data 0123456789abcdef (2) and version 0.4.0").And.Contain("1 cell is there more than once");
    }

    [Fact]
    public void Cells_of_quick_runs_are_reported_on_demand_alone()
    {
        ResultsFile.Append(_buffers.Path("one.jsonl"), Cells.Make(settings: Spear()) with { IsQuick = true });

        Application.Run(["benchmark", "report", "--results", _buffers.Path("one.jsonl"), "--out", _buffers.Path("page.md")], _buffers.Console).Should().Be(1);
        _buffers.Error.Should().Contain("no cell to report").And.Contain("--quick");
        File.Exists(_buffers.Path("page.md")).Should().BeFalse();
        Application.Run(["benchmark", "report", "--results", _buffers.Path("one.jsonl"), "--out", _buffers.Path("page.md"), "--quick"], _buffers.Console).Should().Be(0, _buffers.Error);
    }
}
