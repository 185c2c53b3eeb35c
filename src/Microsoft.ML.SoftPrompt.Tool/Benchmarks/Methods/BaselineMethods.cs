using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Tensors;
using Microsoft.ML.SoftPrompt.Tool.Commands;
using Microsoft.ML.SoftPrompt.Tool.ZeroShot;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Methods;

/// <summary>What SPEAR is compared with: controls that need no model, methods that have been there before it, and language models that are merely asked.</summary>
internal static class BaselineMethods
{
    // The paper's: two layers of 128 units, Adam at 0.001, batches of 32, 10 epochs.
    private const int LstmEpochs = 10, QuickLstmEpochs = 3;

    /// <param name="quick">Whether what learns in epochs has fewer of them.</param>
    /// <param name="epochs">How many it has; null for its own.</param>
    /// <param name="encoder">A language model's folder or file; null for MiniLM.</param>
    /// <param name="decoder">A decoder's folder or file; null for none.</param>
    /// <param name="chat">A language model at an endpoint; null for none.</param>
    public static IReadOnlyList<BenchmarkMethod> All(bool quick, int? epochs, string? encoder, string? decoder, ChatMethod? chat)
    {
        List<BenchmarkMethod> methods =
        [
            BenchmarkMethod.Of("length", learnsClasses: false, () => new SeriesLengthMethod()),
            BenchmarkMethod.Of("z-score", learnsClasses: false, () => new LargestZScoreMethod()),
            BenchmarkMethod.Of("jump", learnsClasses: false, () => new LargestJumpMethod()),
            BenchmarkMethod.Of("spectral-residual", learnsClasses: false, () => new SpectralResidualMethod()),
            BenchmarkMethod.Of("sub-pca", learnsClasses: false, () => new SubPcaMethod()),
            BenchmarkMethod.Of("trees", learnsClasses: true, () => new BoostedTreesMethod()),
            BenchmarkMethod.Lstm(epochs ?? (quick ? QuickLstmEpochs : LstmEpochs)),
            BenchmarkMethod.Of("zero-shot-encoder", SpearSettings.BackboneName(encoder), () => new ZeroShotEncoderMethod(Open(encoder))),
        ];
        if (decoder is not null)
            methods.Add(BenchmarkMethod.Of("zero-shot-decoder", SpearSettings.BackboneName(decoder), () => new ZeroShotDecoderMethod(Open(decoder))));
        if (chat is not null)
            methods.Add(BenchmarkMethod.Of("zero-shot-chat", chat.Identity, () => chat));
        return methods;
    }

    private static IBackbone Open(string? path) => BackboneCommand.Open(path, WeightPrecision.Full);
}
