using System.Security.Cryptography;
using System.Text;

namespace Microsoft.ML.SoftPrompt.Reports;

/// <summary>
/// The HTML file around a report's data. Everything that came from data stands in one block of JSON, in which <c>&lt;</c> is escaped;
/// the policy in the head names the page's own script and styles by their hashes and allows nothing else, no network either.
/// </summary>
internal sealed class ReportPage
{
    private const string Data = "{{data}}";

    private static readonly Lazy<ReportPage> Anomalies = new(() => new ReportPage("report.html", Resource("uPlot.css") + Resource("report.css"),
        $"/* uPlot 1.6.32\n{Resource("uPlot.LICENSE")}*/\n{Resource("uPlot.js")}\n{Resource("report.js")}"));

    private static readonly Lazy<ReportPage> Sweeps = new(() => new ReportPage("sweep.html", Resource("report.css") + Resource("sweep.css"), Resource("sweep.js")));

    private readonly byte[] _before;
    private readonly byte[] _after;

    private ReportPage(string file, string style, string script)
    {
        string page = Resource(file)
            .Replace("{{policy}}", $"default-src 'none'; script-src '{Hash(script)}'; style-src '{Hash(style)}'; base-uri 'none'; form-action 'none'", StringComparison.Ordinal)
            .Replace("{{style}}", style, StringComparison.Ordinal)
            .Replace("{{script}}", script, StringComparison.Ordinal);
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

    // A checkout may have other line ends; browsers hash what they parsed, which has these.
    private static string Resource(string name)
    {
        using Stream stream = typeof(ReportPage).Assembly.GetManifestResourceStream($"Reports/{name}")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
