using System.Globalization;
using System.Text.Json;
using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Explaining;
using Microsoft.ML.SoftPrompt.Reports;
using Xunit.Abstractions;

namespace Microsoft.ML.SoftPrompt.Tests.Reports;

/// <summary>Reports in a real browser, used through its input events.</summary>
public sealed class ReportPageTests(Browser browser, ITestOutputHelper output) : IClassFixture<Browser>, IDisposable
{
    private const int Shift = 8; // the protocol's number of the key
    private const string Plot = "#value-plot .u-over";

    private readonly string _folder = Directory.CreateTempSubdirectory("softprompt-page-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task It_opens_without_a_word_on_the_console_fits_its_screen_and_can_be_read(bool phone, bool dark)
    {
        await Open(Everything(), phone, dark);

        (await browser.Text("title")).Should().Be("Two waves");
        (await browser.Evaluate("document.documentElement.dataset.theme")).GetString().Should().Be(dark ? "dark" : "light");
        (await browser.Evaluate("document.documentElement.scrollWidth - innerWidth")).GetDouble().Should().BeLessThanOrEqualTo(0);
        (await Contrasts()).Should().OnlyContain(pair => pair.Value >= 4.5, "text is to be readable (WCAG 2.2, AA)");
        (await browser.Evaluate("[...document.querySelectorAll('button, input, select')].filter(one => !one.closest('label') && !one.getAttribute('aria-label') && !one.textContent.trim()).length")).GetInt32().Should().Be(0);

        await browser.Click("#theme");
        await browser.Click("#theme");
        (await browser.Evaluate("document.documentElement.dataset.theme")).GetString().Should().Be("dark");
        browser.Console.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task The_slider_counts_as_the_metrics_do()
    {
        AnomalyReport report = Everything();
        await Open(report);
        await CountsShouldBe(report, report.Threshold);

        await browser.Click("#threshold"); // its middle
        double middle = await CountsAtShownThreshold(report);
        middle.Should().NotBe(report.Threshold);
        await browser.Press("ArrowRight", 25);
        (await CountsAtShownThreshold(report)).Should().BeGreaterThan(middle);
        // At the ends everything and nothing is flagged.
        await browser.Press("Home");
        (await browser.Text("fn")).Should().Be("0");
        (await browser.Text("tn")).Should().Be("0");
        await browser.Press("End");
        (await browser.Text("tp")).Should().Be("0");
        (await browser.Text("fp")).Should().Be("0");
        await CountsAtShownThreshold(report);

        // Exactly on a score that several items have: only those above it are flagged.
        await browser.Click("#threshold-number", clicks: 3);
        await browser.Send("Input.insertText", new { text = "-1.25" });
        await browser.Send("Input.dispatchKeyEvent", new { type = "keyDown", key = "Enter", code = "Enter", windowsVirtualKeyCode = 13, text = "\r" });
        await CountsShouldBe(report, -1.25);
        (await browser.Evaluate("document.querySelector('#threshold').getAttribute('aria-valuetext')")).GetString().Should().StartWith("score -1.25");

        await browser.Click("#threshold-reset");
        await CountsShouldBe(report, report.Threshold);
        browser.Console.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task A_mouse_zooms_moves_and_resets()
    {
        await Open(new AnomalyReport([Waves.Series("a", 4_000)], 0));
        await ShownShouldBe(0, 3_999);

        await browser.Drag(Plot, 0.25, 0.5);
        await ShownShouldBe(1_000, 2_000);

        await browser.Drag(Plot, 0.5, 0.25, Shift);
        await ShownShouldBe(1_250, 2_250, 12);

        await browser.Click("#narrower");
        await ShownShouldBe(1_500, 2_000, 12);

        await browser.Click(Plot, clicks: 2);
        await ShownShouldBe(0, 3_999);
        browser.Console.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Keys_zoom_and_move_and_buttons_go_from_stretch_to_stretch()
    {
        await Open(new AnomalyReport([Waves.Series("a", 4_000)], 10));
        await browser.Evaluate("document.getElementById('value-plot').focus()");

        await browser.Press("+");
        await ShownShouldBe(1_000, 3_000);
        await browser.Press("ArrowRight");
        await ShownShouldBe(1_400, 3_400);
        await browser.Press("0");
        await ShownShouldBe(0, 3_999);

        // Nothing is found above 10; the labelled dips stand at 40, 130, 220 …
        await browser.Click("#next");
        await ShownShouldBe(10, 75);
        await browser.Click("#next");
        await ShownShouldBe(100, 165);
        await browser.Click("#previous");
        await ShownShouldBe(10, 75);
        await browser.Click("#stretches summary");
        (await browser.Evaluate("[...document.querySelectorAll('#stretch-rows tr')].slice(0, 2).map(row => [...row.cells].slice(0, 3).map(cell => cell.textContent).join('|')).join()")).GetString()
            .Should().Be("labelled, missed|reading 40|reading 45,labelled, missed|reading 130|reading 135");
        browser.Console.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Stretches_are_named_by_what_was_found_of_them()
    {
        // Of the labelled stretches 2–4, 6–7, 10–13 and 20: one missed, two in one found stretch, one in parts by two.
        int[] labelled = [2, 3, 4, 6, 7, 10, 11, 12, 13, 20], found = [0, 6, 7, 8, 9, 10, 12, 13, 16, 17, 20];
        await Open(new AnomalyReport([Plain(new float[24], Enumerable.Range(0, 24).Select(i => found.Contains(i) ? 1.0 : 0).ToArray(), labelled.Contains)], 0.5));

        await browser.Click("#stretches summary");

        (await browser.Evaluate("[...document.querySelectorAll('#stretch-rows tr')].map(row => [...row.cells].slice(0, 3).map(cell => cell.textContent.replace('reading ', '')).join('|')).join()")).GetString()
            .Should().Be("false alarm|0|0,labelled, missed|2|4,labelled, found whole|6|7,labelled, 3 of 4 found|10|13,false alarm|16|17,labelled, found whole|20|20");
        browser.Console.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Tens_of_thousands_of_stretches_are_named_while_the_slider_moves()
    {
        // 40,000 labelled stretches, 30,000 found ones: more than 10⁹ pairs.
        const int Count = 120_000;
        await Open(new AnomalyReport([Plain(new float[Count], Enumerable.Range(0, Count).Select(i => i % 4 == 0 ? 1.0 : 0).ToArray(), i => i % 3 == 0)], 0.5));
        await browser.Click("#stretches summary");

        JsonElement milliseconds = await browser.Evaluate(
            "(() => { const slider = document.getElementById('threshold'), start = performance.now(); for (let i = 0; i < 3; i++) { slider.value = 500 + i; slider.dispatchEvent(new Event('input')); } return performance.now() - start; })()");

        output.WriteLine($"3 steps of the slider: {milliseconds.GetDouble():N0} ms");
        milliseconds.GetDouble().Should().BeLessThan(3_000);
        (await browser.Text("stretch-note")).Should().Be("and 59,800 more");
    }

    [SkippableFact]
    public async Task Fingers_zoom_and_move_on_a_phone()
    {
        await Open(new AnomalyReport([Waves.Series("a", 4_000)], 0), phone: true);
        (double X, double Y) left = await browser.Place(Plot, 0.4, 0.5), right = await browser.Place(Plot, 0.6, 0.5);
        (double X, double Y) first = await browser.Place(Plot, 0.2, 0.5), last = await browser.Place(Plot, 0.8, 0.5);

        await browser.Touch([left, right], [first, last]);
        // What was from 0.4 to 0.6 of 4,000 now is 0.6 of the width, which is a third of the series.
        (int From, int To) zoomed = await Shown();
        zoomed.From.Should().BeCloseTo(1_333, 40);
        zoomed.To.Should().BeCloseTo(2_667, 40);

        await browser.Touch([last], [first]);
        await ShownShouldBe(zoomed.From + 800, zoomed.To + 800, 60);
        browser.Console.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Another_series_is_chosen_and_a_case_is_shown_in_its_series()
    {
        AnomalyReport report = Everything();
        await Open(report);

        await browser.Evaluate("(() => { const series = document.getElementById('series'); series.value = '1'; series.dispatchEvent(new Event('change')); })()");
        await browser.Settle();
        await ShownShouldBe(0, report.Series[1].Values.Length - 1);

        await browser.Click("#false-alarms button");
        ReportCase worst = WorstCases.HighestNormal(report.Series)[0];
        (await browser.Evaluate("document.getElementById('series').value")).GetString().Should().Be(worst.Series.ToString(CultureInfo.InvariantCulture));
        browser.Console.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task An_explanation_is_told_in_a_sentence()
    {
        var report = new AnomalyReport([new ReportSeries("a", new[] { 1f, 2, 3.1f, 4, 5 }, [new(0, 5, true, 2)])], 0)
        {
            Explain = (_, item) => new ReportExplanation(item.Start, [new ValueContribution(0, 2, 0.87, 0.9), new ValueContribution(2, 1, 0.87, 0.12)]),
        };

        await Open(report);

        (await browser.Evaluate("document.querySelector('#misses .case').textContent")).GetString().Should().Contain("The value 3.1 at step 2 lifts the probability from 0.12 to 0.87.");
        browser.Console.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Data_stays_text_and_the_page_may_load_nothing()
    {
        const string Hostile = "<img src=x onerror=\"document.title='run'\"></script><script>document.title='run'</script>";
        await Open(new AnomalyReport([Waves.Series(Hostile, 100), Waves.Series("b", 100)], 0) { Title = Hostile, Facts = [new(Hostile, Hostile)] });

        (await browser.Text("title")).Should().Be(Hostile);
        (await browser.Evaluate("document.title")).GetString().Should().Be(Hostile);
        (await browser.Evaluate("document.querySelectorAll('img').length + performance.getEntriesByType('resource').length")).GetInt32().Should().Be(0);
        browser.Console.Should().BeEmpty();

        (await browser.Evaluate("fetch('http://127.0.0.1:9/').then(() => 'loaded', () => 'refused')")).GetString().Should().Be("refused");
        browser.Console.Should().Contain(said => said.Contains("Content Security Policy"));
    }

    public static TheoryData<string, ReportSeries, double> EmptyCases => new()
    {
        { "no anomaly", Plain([1, 2, 3, 4], [0.1, 0.2, 0.3, 0.4], _ => false), 0.25 },
        { "nothing but anomalies", Plain([1, 2, 3, 4], [0.1, 0.2, 0.3, 0.4], _ => true), 0.25 },
        { "constant scores", Plain([1, 2, 3, 4], [1, 1, 1, 1], i => i == 2), 1 },
        { "constant values", Plain([7, 7, 7, 7], [0, 1, 2, 3], i => i == 2), 1 },
        { "one value", Plain([7], [2], _ => true), 1 },
        { "nothing but missing values", Plain([float.NaN, float.NaN, float.NaN], [0, 1, 2], i => i == 2), 1 },
        { "missing values between", Plain([1, float.NaN, 3, float.NaN], [0, 1, 2, 3], i => i == 2), 1 },
        { "the largest numbers", Plain([float.MaxValue, float.MinValue, 0], [double.MaxValue, double.MinValue, 0], i => i == 0), 1 },
        { "the smallest numbers", Plain([float.Epsilon, -float.Epsilon, 0], [double.Epsilon, 0, -double.Epsilon], i => i == 0), 0 },
        { "a single window", new ReportSeries("a", new float[50], [new(0, 50, true, 1)]), 0 },
        { "an item for a part of the series alone", new ReportSeries("a", new float[500], [new(100, 50, true, 1), new(120, 50, false, 3)]), 0 },
        { "times that stand still", Plain([1, 2, 3], [0, 1, 2], i => i == 2) with { Times = new DateTime[3] }, 1 },
        { "one time", Plain([1], [0], _ => false) with { Times = new[] { DateTime.UnixEpoch } }, 1 },
        { "times far apart", Plain([1, 2, 3], [0, 1, 2], i => i == 2) with { Times = new[] { DateTime.MinValue, DateTime.UnixEpoch, DateTime.MaxValue } }, 1 },
    };

    [SkippableTheory]
    [MemberData(nameof(EmptyCases))]
    public async Task Empty_and_extreme_cases_are_drawn(string what, ReportSeries series, double threshold)
    {
        var report = new AnomalyReport([series], threshold);
        await Open(report);

        await CountsShouldBe(report, threshold);
        await browser.Click("#threshold");
        await CountsAtShownThreshold(report);
        await browser.Click("#narrower");
        await browser.Click("#next");
        (await browser.Evaluate("document.querySelectorAll('canvas').length")).GetInt32().Should().BeGreaterThanOrEqualTo(2, what);
        browser.Console.Should().BeEmpty(what);
    }

    [SkippableFact]
    [Trait("Category", "Long")]
    public async Task Two_hundred_thousand_points_are_drawn_without_stutter()
    {
        var report = new AnomalyReport([Waves.Series("a", 200_000, timed: true)], 0);
        string page = AnomalyReportTests.Page(report);
        await Open(report);
        double opened = (await browser.Evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")).GetDouble();

        // From the click to the frame behind the one that shows it.
        JsonElement times = await browser.Evaluate(
            """
            (async () => {
              const times = {}, median = all => all.sort((a, b) => a - b)[all.length >> 1];
              const frame = () => new Promise(requestAnimationFrame);
              const time = async (name, act) => {
                const all = [];
                for (let i = 0; i < 15; i++) {
                  await frame();
                  const start = performance.now();
                  act(i);
                  await frame();
                  await frame();
                  all.push(performance.now() - start);
                }
                times[name] = median(all);
              };
              const slider = document.getElementById('threshold'), click = id => document.getElementById(id).click();
              await time('nothing', () => {});
              await time('zoom', i => click(i % 2 ? 'wider' : 'narrower'));
              await time('slide', i => { slider.value = 400 + 10 * i; slider.dispatchEvent(new Event('input')); });
              return times;
            })()
            """);
        double Time(string name) => times.GetProperty(name).GetDouble();
        output.WriteLine($"{page.Length:N0} bytes; opened in {opened:N0} ms; median of 15, two frames: nothing {Time("nothing"):N0} ms, a zoom {Time("zoom"):N0} ms, a step of the slider {Time("slide"):N0} ms");

        Time("zoom").Should().BeLessThan(250);
        browser.Console.Should().BeEmpty();
    }

    private static ReportSeries Plain(float[] values, double[] scores, Func<int, bool> isAnomaly) =>
        new("a", values, scores.Select((score, i) => new ReportItem(i, 1, isAnomaly(i), score)).ToArray());

    private static AnomalyReport Everything() => new([Waves.Series("a", 4_000, 30, 10, timed: true), Waves.Series("b", 700, 30, 10, seed: 2)], 0.3)
    {
        Title = "Two waves",
        Controls = [new ReportControl("largest jump", 3, new BinaryMetrics(3, 2, 1, 0, 0.9, double.NaN))],
        Facts = [new("Command", "softprompt evaluate")],
        Explain = (_, item) => new ReportExplanation(item.Start, Enumerable.Range(0, item.Length).Select(step => new ValueContribution(step, 1, 0.8, 0.8 - Math.Sin(step))).ToArray()),
    };

    private async Task Open(AnomalyReport report, bool phone = false, bool dark = false)
    {
        browser.SkipWhereThereIsNone();
        string path = Path.Combine(_folder, "report.html");
        report.Save(path);
        await browser.Open(path, phone, dark);
    }

    private async Task<double> CountsAtShownThreshold(AnomalyReport report)
    {
        double threshold = double.Parse((await browser.Evaluate("document.getElementById('threshold-number').value")).GetString()!, CultureInfo.InvariantCulture);
        await CountsShouldBe(report, threshold);
        return threshold;
    }

    private async Task CountsShouldBe(AnomalyReport report, double threshold)
    {
        ReportItem[] items = report.Series.SelectMany(series => series.Items).ToArray();
        BinaryMetrics expected = BinaryMetrics.Compute(items.Select(item => item.Score).ToArray(), items.Select(item => item.IsAnomaly).ToArray(), threshold);
        string[] shown = new string[8];
        string[] ids = ["tp", "fp", "fn", "tn", "precision", "recall", "f1", "accuracy"];
        for (int i = 0; i < ids.Length; i++)
            shown[i] = await browser.Text(ids[i]);
        int[] counts = [expected.TruePositives, expected.FalsePositives, expected.FalseNegatives, expected.TrueNegatives];
        double[] rates = [expected.Precision, expected.Recall, expected.F1, expected.Accuracy];
        shown.Should().Equal([.. counts.Select(count => count.ToString("N0", CultureInfo.InvariantCulture)), .. rates.Select(rate => rate.ToString("0.0000", CultureInfo.InvariantCulture))],
            "threshold {0}", threshold);
    }

    /// <summary>The first and the last reading in view, as the text beside the pointer says.</summary>
    private async Task<(int From, int To)> Shown() => (await ReadingAt(0.0005), await ReadingAt(0.9995));

    /// <param name="tolerance">A pixel is several readings.</param>
    private async Task ShownShouldBe(int from, int to, int tolerance = 8)
    {
        (int From, int To) shown = await Shown();
        shown.From.Should().BeInRange(from - tolerance, from + tolerance, "{0} were shown", shown);
        shown.To.Should().BeInRange(to - tolerance, to + tolerance, "{0} were shown", shown);
    }

    private async Task<int> ReadingAt(double across)
    {
        await browser.Mouse("mouseMoved", await browser.Place(Plot, across, 0.5), pressed: false);
        await browser.Settle();
        string text = await browser.Text("readout");
        text.Should().StartWith("reading ");
        return int.Parse(text["reading ".Length..].Split(' ')[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }

    /// <summary>Contrast (WCAG 2.2) of the colours that text has with those it stands on.</summary>
    private async Task<Dictionary<string, double>> Contrasts()
    {
        JsonElement pairs = await browser.Evaluate(
            """
            (() => {
              const style = getComputedStyle(document.documentElement);
              const luminance = name => {
                const hex = style.getPropertyValue(`--${name}`).trim();
                const [r, g, b] = [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16) / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
              };
              const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), pairs = {};
              for (const text of ['ink', 'muted', 'labelled', 'found', 'line'])
                for (const ground of ['card', 'page', 'button'])
                  pairs[`${text} on ${ground}`] = ratio(luminance(text), luminance(ground));
              return pairs;
            })()
            """);
        return pairs.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetDouble());
    }
}
