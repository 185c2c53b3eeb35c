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
        string page = PageFrame.Compose(Resource("report.html"), style: "", Resource("report.js"));
        int data = page.IndexOf(Data, StringComparison.Ordinal);
        return (page[..data], page[(data + Data.Length)..]);
    }

    private static string Resource(string name) => PageFrame.Resource(typeof(ReportPage).Assembly, $"Reports/{name}");
}
