using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Microsoft.ML.SoftPrompt.Reports;

/// <summary>
/// Puts a page together. Its styles and its script stand in it; the policy in its head names them by their
/// hashes and allows nothing else, no network either, but for what the page asks for.
/// </summary>
internal static class PageFrame
{
    /// <param name="title">The heading, until the script gives another.</param>
    /// <param name="body">What stands below the heading; it may have a place for the section of the series.</param>
    /// <param name="style">Its own styles, behind those of all pages.</param>
    /// <param name="script">Its own script; with plots it runs behind series.js and in the same function.</param>
    /// <param name="plots">Whether it draws series: uPlot and what is drawn with it stand in it, too.</param>
    /// <param name="allowed">Directives of the policy beyond its own script and style.</param>
    /// <param name="head">Lines for the head.</param>
    public static string Compose(string title, string body, string style, string script, bool plots, string allowed = "", string head = "")
    {
        Assembly own = typeof(PageFrame).Assembly;
        string styles = (plots ? Resource(own, "Reports/uPlot.css") : "") + Resource(own, "Reports/report.css") + style;
        string scripts = !plots ? script : $"/* uPlot 1.6.32\n{Resource(own, "Reports/uPlot.LICENSE")}*/\n{Resource(own, "Reports/uPlot.js")}\n(() => {{\n  \"use strict\";\n{Resource(own, "Reports/series.js")}\n{script}}})();\n";
        return Resource(own, "Reports/page.html")
            .Replace("{{head}}", head, StringComparison.Ordinal)
            .Replace("{{title}}", title, StringComparison.Ordinal)
            .Replace("{{body}}", body, StringComparison.Ordinal)
            .Replace("{{policy}}", $"default-src 'none'; script-src '{Hash(scripts)}'; style-src '{Hash(styles)}'; {allowed}base-uri 'none'; form-action 'none'", StringComparison.Ordinal)
            .Replace("{{series}}", Resource(own, "Reports/series.html"), StringComparison.Ordinal)
            .Replace("{{style}}", styles, StringComparison.Ordinal)
            .Replace("{{script}}", scripts, StringComparison.Ordinal);
    }

    /// <summary>A text that an assembly carries.</summary>
    public static string Resource(Assembly assembly, string name)
    {
        using Stream stream = assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        // A checkout may have other line ends; browsers hash what they parsed, which has these.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
