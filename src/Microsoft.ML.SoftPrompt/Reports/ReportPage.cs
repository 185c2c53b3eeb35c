using System.Text;

namespace Microsoft.ML.SoftPrompt.Reports;

/// <summary>
/// The HTML file around a report's data. Everything that came from data stands in one block of JSON, in which <c>&lt;</c> is escaped;
/// the policy in the head names the page's own script and styles by their hashes and allows nothing else, no network either.
/// </summary>
internal sealed class ReportPage
{
    private const string Data = "{{data}}";

    private static readonly Lazy<ReportPage> Anomalies = new(() => new ReportPage("Anomaly report", "report.html", style: "", "report.js", plots: true));

    private static readonly Lazy<ReportPage> Sweeps = new(() => new ReportPage("Sweep", "sweep.html", Resource("sweep.css"), "sweep.js", plots: false));

    private readonly byte[] _before;
    private readonly byte[] _after;

    private ReportPage(string title, string file, string style, string script, bool plots)
    {
        string page = PageFrame.Compose(title, Resource(file), style, Resource(script), plots);
        int data = page.IndexOf(Data, StringComparison.Ordinal);
        (_before, _after) = (Encoding.UTF8.GetBytes(page[..data]), Encoding.UTF8.GetBytes(page[(data + Data.Length)..]));
    }

    public static void Write(Stream stream, AnomalyReport report) => Anomalies.Value.Write(stream, to => ReportData.Write(to, report));

    public static void Write(Stream stream, SweepReport report) => Sweeps.Value.Write(stream, to => SweepReportData.Write(to, report));

    private void Write(Stream stream, Action<Stream> data)
    {
        stream.Write(_before);
        data(stream);
        stream.Write(_after);
    }

    private static string Resource(string name) => PageFrame.Resource(typeof(ReportPage).Assembly, $"Reports/{name}");
}
