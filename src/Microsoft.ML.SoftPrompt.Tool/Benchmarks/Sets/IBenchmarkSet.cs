using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;

/// <summary>A published data set and the protocol by which it is cut into training, validation and test.</summary>
internal interface IBenchmarkSet
{
    /// <summary>Gets the name in cells and tables.</summary>
    string Name { get; }

    /// <summary>Gets the tasks; the first is the one on which settings are varied.</summary>
    IReadOnlyList<string> Tasks { get; }

    /// <summary>Gets the start of the SHA-256 of the files that were read, in hexadecimal: cells of other data are not of this table.</summary>
    string DataHash { get; }

    /// <summary>Gets how the parts are cut unless another split is asked for.</summary>
    SeriesSplit Split { get; }

    /// <summary>Gets how many series of each part are drawn unless another number is asked for.</summary>
    PartLimits Limits { get; }

    /// <summary>Gets the same for a quick run.</summary>
    PartLimits QuickLimits { get; }

    /// <summary>Gets whether each series is scaled by its own range in a task, rather than by that of its group.</summary>
    bool ScalesEachSeries(string task);

    /// <summary>Whether results are told by source (stream or file) as well.</summary>
    bool ReportsSources { get; }

    /// <summary>Gets how many test series of each class the balanced draw takes; null where the paper has none.</summary>
    int? BalancedDraw { get; }

    /// <summary>Cuts the parts of a task, whole.</summary>
    /// <param name="seed">Of all that is drawn.</param>
    BenchmarkData Cut(string task, SeriesSplit split, int seed);
}
