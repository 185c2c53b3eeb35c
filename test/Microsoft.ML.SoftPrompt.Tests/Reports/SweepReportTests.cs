using System.Globalization;
using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Reports;
using Microsoft.ML.SoftPrompt.Tests.Sweeping;

namespace Microsoft.ML.SoftPrompt.Tests.Reports;

/// <summary>A sweep's report in a real browser.</summary>
public sealed class SweepReportTests(Browser browser, SweptOnce swept) : IClassFixture<Browser>, IClassFixture<SweptOnce>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("softprompt-page-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task It_opens_without_a_word_on_the_console_and_fits_its_screen(bool phone, bool dark)
    {
        await Open(phone, dark);

        (await browser.Text("title")).Should().Be("<b>Two hosts</b>");
        (await browser.Text("summary")).Should().StartWith("5 trials: 1 finished, 3 pruned, 1 failed.");
        (await browser.Evaluate("document.documentElement.dataset.theme")).GetString().Should().Be(dark ? "dark" : "light");
        (await browser.Evaluate("document.documentElement.scrollWidth - innerWidth")).GetDouble().Should().BeLessThanOrEqualTo(0);
        browser.Console.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task It_shows_what_the_sweep_found()
    {
        SweepResult result = swept.Result;
        await Open();

        string metrics = await browser.Text("best-metrics");
        metrics.Should().Contain("Average precision, validation" + Text(result.Best.Validation!.AveragePrecision)).And.Contain("Average precision, test0.1250");
        (await browser.Evaluate("document.querySelectorAll('#trials-body tr').length")).GetInt32().Should().Be(5);
        (await browser.Evaluate("document.querySelectorAll('#parallel .trial').length")).GetInt32().Should().Be(4, "a trial that failed has no metric");
        (await browser.Evaluate("document.querySelectorAll('#parallel .trial.best').length")).GetInt32().Should().Be(1);
        (await browser.Evaluate("document.querySelectorAll('#epochs .trial').length")).GetInt32().Should().Be(3, "no validation window of 16 readings is anomalous; its readings still judge the trial");
        (await browser.Text("importances")).Should().StartWith("Window size").And.Contain(Text(result.Importances[0].Spread));
        (await browser.Text("failures")).Should().Contain("A window of 500 readings is longer than every series");
        (await browser.Text("facts")).Should().Contain("Window size8, 12, 16, 20, 500 (swept)").And.Contain("Bin count100");

        await browser.Click("#trials-body tr:nth-child(2) button");
        string number = (await browser.Evaluate("document.querySelector('#trials-body tr:nth-child(2)').dataset.trial")).GetString()!;
        (await browser.Text("readout")).Should().StartWith($"Trial {number}, pruned");
        (await browser.Evaluate("document.querySelectorAll('.trial.chosen').length")).GetInt32().Should().Be(2, "the line of the trial in both plots");
        browser.Console.Should().BeEmpty();
    }

    private static string Text(double number) => number.ToString("0.0000", CultureInfo.InvariantCulture);

    private async Task Open(bool phone = false, bool dark = false)
    {
        browser.SkipWhereThereIsNone();
        string path = Path.Combine(_folder, "sweep.html");
        new SweepReport(swept.Result) { Title = "<b>Two hosts</b>", Test = new BinaryMetrics(1, 1, 1, 1, 0.5, 0.125), Facts = [new("Data", "</script><script>alert(1)</script>")] }.Save(path);
        await browser.Open(path, phone, dark);
    }
}

/// <summary>A sweep of each kind of trial.</summary>
public sealed class SweptOnce
{
    public SweptOnce()
    {
        var options = SweepReadings.Options(epochs: 2);
        options.Space = new SweepSpace { WindowSize = SweepParameter.Choice(8, 12, 16, 20, 500), PromptLength = 1 };
        (options.Strategy, options.Trials, options.HalvingRate) = (SweepStrategy.SuccessiveHalving, 5, 3);
        Result = SweepReadings.Run(options);
    }

    public SweepResult Result { get; }
}
