using System.Globalization;
using System.Text.Json;
using Microsoft.ML.SoftPrompt.Tests.Reports;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Tests.Page;

/// <summary>The page in a real browser, used through its input events.</summary>
[Collection(Serving.Name)]
public sealed class ServedPageTests(ToyModels models, Browser browser) : IClassFixture<Browser>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("softprompt-page-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task A_dropped_CSV_is_scored_and_its_found_stretches_are_shown(bool phone, bool dark)
    {
        browser.SkipWhereThereIsNone();
        await using ServedApp app = await ServedApp.Start(models.Windows, options => options.Stride = 4);
        float[] values = ToyModels.Series(200, seed: 4);
        DateTime begin = new(2026, 3, 1);
        string file = Write("readings.csv", "timestamp,sensor,value\n" + string.Concat(values.Select((value, i) => $"{begin.AddMinutes(i):yyyy-MM-dd HH:mm},a,{value.ToString(CultureInfo.InvariantCulture)}\n")));
        JsonElement expected = (await app.Answer("score", new { key = "a", values })).GetProperty("series")[0].GetProperty("found");
        await browser.Open(app.Client.BaseAddress!.ToString(), phone, dark);

        await Drop(file);
        await Until("document.getElementById('read').textContent.includes('found in')");

        (await browser.Text("summary")).Should().StartWith("model.zip, version ").And.EndWith("windows of 12 readings");
        (await browser.Text("read")).Should().Be($"{expected.GetArrayLength()} stretches found in 200 readings.");
        (await Rows()).Should().Equal(expected.EnumerateArray().Select(one =>
            $"found|{Time(one.GetProperty("start").GetInt32())}|{Time(one.GetProperty("start").GetInt32() + one.GetProperty("length").GetInt32() - 1)}|{Short(one.GetProperty("score").GetSingle())}"));
        (await browser.Evaluate("['value', 'time', 'key'].map(name => document.getElementById(`${name}-column`).selectedOptions[0].textContent).join()")).GetString().Should().Be("value,timestamp,sensor");
        (await browser.Evaluate("document.querySelectorAll('#series-section canvas').length")).GetInt32().Should().Be(2);
        (await browser.Evaluate("document.documentElement.scrollWidth - innerWidth")).GetDouble().Should().BeLessThanOrEqualTo(0);
        (await browser.Evaluate("document.documentElement.dataset.theme")).GetString().Should().Be(dark ? "dark" : "light");
        await browser.Click("#next");
        browser.Console.Should().BeEmpty();

        string Time(int index) => $"{begin.AddMinutes(index):yyyy-MM-dd HH:mm} UTC";
        static string Short(float score) => double.Parse(score.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
    }

    [SkippableFact]
    public async Task A_pasted_text_without_a_header_is_guessed_and_what_is_no_number_is_told()
    {
        browser.SkipWhereThereIsNone();
        await using ServedApp app = await ServedApp.Start(models.Windows);
        await browser.Open(app.Client.BaseAddress!.ToString());

        await Paste("2026-01-01T00:00:00Z;1,5\n2026-01-01T01:00:00Z;\n2026-01-01T02:00:00Z;\"2,5\"\n");
        (await browser.Text("read")).Should().Be("3 rows, 2 columns");
        await browser.Click("#score");
        await Until("document.getElementById('read').textContent.includes('found in')");
        (await browser.Text("read")).Should().EndWith(" found in 3 readings. The series is of no group that the model was trained on: values of such are scaled by the range of all.");

        await Paste("a,b\n1,2\n\n1,x<b>\n");
        await browser.Evaluate("(() => { const column = document.getElementById('value-column'); column.value = '1'; })()");
        await browser.Click("#score");
        (await browser.Text("fault")).Should().Be("Line 4 has “x<b>” in column “b”, which is not a number. Choose another column, or leave the cell empty where the value is missing.");

        await Paste("timestamp,flow\r\n1767225600,1\r\n1767229200,2\r\n1767232800,Infinity\r\n");
        await browser.Click("#score");
        (await browser.Text("fault")).Should().StartWith("Line 4 has “Infinity” in column “flow”, which is not a number.", "it would be sent as null, a missing value");

        await Paste("nothing\nto\nread\n");
        (await browser.Text("fault")).Should().StartWith("No column holds numbers.");
        (await browser.Evaluate("document.getElementById('score').disabled")).GetBoolean().Should().BeTrue();
        browser.Console.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task What_the_service_refuses_is_told_and_several_series_are_chosen_from()
    {
        browser.SkipWhereThereIsNone();
        await using ServedApp app = await ServedApp.Start(models.Windows, options => options.MaxValuesPerSeries = 50);
        await browser.Open(app.Client.BaseAddress!.ToString());

        await Paste("value\n" + string.Concat(Enumerable.Repeat("1\n", 51)));
        await browser.Click("#score");
        await Until("document.getElementById('fault').textContent !== ''");
        (await browser.Text("fault")).Should().StartWith("$.series[0].values has 51 values; the limit is 50.");
        browser.Console.RemoveAll(said => said.Contains("status of 422", StringComparison.Ordinal)); // the browser's own words

        await Paste("host,value\n" + string.Concat(Enumerable.Range(0, 90).Select(i => $"{"abx"[i % 3]},{i}\n")));
        await browser.Click("#score");
        await Until("document.getElementById('read').textContent.includes('found in')");
        (await browser.Text("read")).Should().Contain("found in 90 readings of 3 series. 1 of the series are of no group");
        (await browser.Evaluate("[...document.getElementById('series').options].map(one => one.textContent).join()")).GetString().Should().Be("a,b,x");
        browser.Console.Should().BeEmpty();
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private async Task Drop(string file)
    {
        (double x, double y) = await browser.Place("#drop", 0.5, 0.5);
        foreach (string type in new[] { "dragEnter", "dragOver", "drop" })
            await browser.Send("Input.dispatchDragEvent", new { type, x, y, data = new { items = Array.Empty<object>(), files = new[] { file }, dragOperationsMask = 1 } });
    }

    private Task Paste(string text) =>
        browser.Evaluate($"(() => {{ const box = document.getElementById('text'); box.value = {JsonSerializer.Serialize(text)}; box.dispatchEvent(new Event('input')); }})()");

    private async Task Until(string condition)
    {
        await browser.Evaluate($"new Promise((done, fail) => {{ const end = Date.now() + 30000; const look = () => {condition} ? done() : Date.now() > end ? fail(document.getElementById('fault').textContent) : setTimeout(look, 20); look(); }})");
        await browser.Settle();
    }

    private async Task<string[]> Rows() =>
        (await browser.Evaluate("[...document.querySelectorAll('#stretch-rows tr')].map(row => [...row.cells].slice(0, 4).map(cell => cell.textContent).join('|'))")).EnumerateArray().Select(row => row.GetString()!).ToArray();
}
