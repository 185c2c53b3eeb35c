using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt;
using Microsoft.ML.SoftPrompt.Persistence;

// Model.Load finds these by the loader signature in a file's header, once it has loaded this assembly by the name that stands beside it.
[assembly: LoadableClass(typeof(QuantizingTransformer), typeof(QuantizingLoader), null, typeof(SignatureLoadModel),
    "Series quantizer", "SoftPromptQuantizer")]
[assembly: LoadableClass(typeof(ContextAnomalyLabelingTransformer), typeof(ContextAnomalyLabelingLoader), null, typeof(SignatureLoadModel),
    "Labeler of context anomalies", "SoftPromptContextLabels")]
[assembly: LoadableClass(typeof(TSmoteBalancingTransformer), typeof(TSmoteBalancingLoader), null, typeof(SignatureLoadModel),
    "Series balancer", "SoftPromptTSmote")]
[assembly: LoadableClass(typeof(SoftPromptAnomalyTransformer), typeof(SoftPromptAnomalyLoader), null, typeof(SignatureLoadModel),
    "Soft-prompt anomaly detector", "SoftPromptAnomaly")]
[assembly: LoadableClass(typeof(LstmAnomalyTransformer), typeof(LstmAnomalyLoader), null, typeof(SignatureLoadModel),
    "LSTM anomaly detector", "SoftPromptLstm")]

namespace Microsoft.ML.SoftPrompt.Persistence;

// A loader is a class of its own: one with both a Create method and a constructor in sight breaks the registration of the whole assembly.

/// <summary>Loads a <see cref="QuantizingTransformer"/>.</summary>
internal static class QuantizingLoader
{
    public static QuantizingTransformer Create(IHostEnvironment environment, ModelLoadContext context) =>
        QuantizingTransformer.Load(environment, new ModelStreamReader(context, QuantizingTransformer.Kind));
}

/// <summary>Loads a <see cref="ContextAnomalyLabelingTransformer"/>.</summary>
internal static class ContextAnomalyLabelingLoader
{
    public static ContextAnomalyLabelingTransformer Create(IHostEnvironment environment, ModelLoadContext context) =>
        ContextAnomalyLabelingTransformer.Load(environment, new ModelStreamReader(context, ContextAnomalyLabelingTransformer.Kind));
}

/// <summary>Loads a <see cref="TSmoteBalancingTransformer"/>.</summary>
internal static class TSmoteBalancingLoader
{
    public static TSmoteBalancingTransformer Create(IHostEnvironment environment, ModelLoadContext context) =>
        TSmoteBalancingTransformer.Load(new ModelStreamReader(context, TSmoteBalancingTransformer.Kind));
}

/// <summary>Loads a <see cref="SoftPromptAnomalyTransformer"/>.</summary>
internal static class SoftPromptAnomalyLoader
{
    public static SoftPromptAnomalyTransformer Create(IHostEnvironment environment, ModelLoadContext context) =>
        SoftPromptAnomalyTransformer.Load(environment, new ModelStreamReader(context, SoftPromptAnomalyTransformer.Kind));
}

/// <summary>Loads a <see cref="LstmAnomalyTransformer"/>.</summary>
internal static class LstmAnomalyLoader
{
    public static LstmAnomalyTransformer Create(IHostEnvironment environment, ModelLoadContext context) =>
        LstmAnomalyTransformer.Load(new ModelStreamReader(context, LstmAnomalyTransformer.Kind));
}
