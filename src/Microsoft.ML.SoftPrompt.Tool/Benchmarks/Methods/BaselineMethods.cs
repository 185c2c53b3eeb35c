using Microsoft.ML.SoftPrompt.Baselines;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Methods;

/// <summary>What SPEAR is compared with: controls that need no model, and methods that have been there before it.</summary>
internal static class BaselineMethods
{
    public static IReadOnlyList<BenchmarkMethod> All() =>
    [
        BenchmarkMethod.Of("length", learnsClasses: false, () => new SeriesLengthMethod()),
        BenchmarkMethod.Of("z-score", learnsClasses: false, () => new LargestZScoreMethod()),
        BenchmarkMethod.Of("jump", learnsClasses: false, () => new LargestJumpMethod()),
    ];
}
