using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Reports;

/// <summary>
/// A sweep as one HTML file that needs nothing else and no network: parallel coordinates of the trials, what mattered, the metric over epochs,
/// the table of trials. docs/sweep.md shows one.
/// </summary>
/// <param name="result">The sweep.</param>
public sealed class SweepReport(SweepResult result)
{
    /// <summary>Gets the sweep.</summary>
    public SweepResult Result { get; } = result ?? throw new ArgumentNullException(nameof(result));

    /// <summary>Gets or sets the heading.</summary>
    /// <value>The default is <c>Sweep</c>.</value>
    public string Title { get; set; } = "Sweep";

    /// <summary>Gets or sets what the best model is worth on readings that no trial saw, <see cref="SweepResult.Evaluate(IDataView, CancellationToken)"/>.</summary>
    /// <value>The default is <see langword="null"/>: it was not judged there, and the report says so.</value>
    public BinaryMetrics? Test { get; set; }

    /// <summary>Gets or sets what else the reader is to know, by name: the command, the data.</summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; set; } = [];

    /// <summary>Writes the report to a file, by custom <c>.html</c>. A file that is there is replaced when the new one is whole.</summary>
    /// <param name="path">The file's path; its folder must exist.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        using var file = new AtomicFile(path);
        Save(file.Stream);
        file.Commit();
    }

    /// <summary>Writes the report to a stream.</summary>
    /// <param name="stream">Written at its position and left open.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ReportPage.Write(stream, this);
    }
}
