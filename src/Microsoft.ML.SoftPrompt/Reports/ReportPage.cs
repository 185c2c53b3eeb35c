using System.Security.Cryptography;
using System.Text;

namespace Microsoft.ML.SoftPrompt.Reports;

/// <summary>
/// The HTML file around a report's data. Everything that came from data stands in one block of JSON, in which <c>&lt;</c> is escaped;
/// the policy in the head names the page's own script and styles by their hashes and allows nothing else, no network either.
/// </summary>
internal static class ReportPage
{
    private const string Data = "{{data}}";

    private static readonly Lazy<(string Before, string After)> Frame = new(Compose);

    public static void Write(Stream stream, AnomalyReport report)
    {
        (string before, string after) = Frame.Value;
        stream.Write(Encoding.UTF8.GetBytes(before));
        ReportData.Write(stream, report);
        stream.Write(Encoding.UTF8.GetBytes(after));
    }

    private static (string Before, string After) Compose()
    {
        string style = Resource("uPlot.css") + Resource("report.css");
        string script = $"/* uPlot 1.6.32\n{Resource("uPlot.LICENSE")}*/\n{Resource("uPlot.js")}\n{Resource("report.js")}";
        string page = Resource("report.html")
            .Replace("{{policy}}", $"default-src 'none'; script-src '{Hash(script)}'; style-src '{Hash(style)}'; base-uri 'none'; form-action 'none'", StringComparison.Ordinal)
            .Replace("{{style}}", style, StringComparison.Ordinal)
            .Replace("{{script}}", script, StringComparison.Ordinal);
        int data = page.IndexOf(Data, StringComparison.Ordinal);
        return (page[..data], page[(data + Data.Length)..]);
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
