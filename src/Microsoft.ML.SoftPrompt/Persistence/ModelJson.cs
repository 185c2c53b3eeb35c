using System.Text.Json.Serialization;
using Microsoft.ML.SoftPrompt.Anomaly;
using Microsoft.ML.SoftPrompt.Lstm;
using Microsoft.ML.SoftPrompt.Streaming;

namespace Microsoft.ML.SoftPrompt.Persistence;

/// <summary>
/// How the JSON in model files, states and sweeps is written and read: nothing unknown is skipped, nothing stands there twice, nothing required
/// may be missing.
/// </summary>
/// <remarks>Made when compiled: what looks at types when it runs would write nothing, and say nothing, of the properties that a trimmer took away.</remarks>
[JsonSourceGenerationOptions(AllowDuplicateProperties = false, WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true, IgnoreReadOnlyProperties = true, MaxDepth = 16, UseStringEnumConverter = true, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(AnomalyModelFile.ModelDocument), TypeInfoPropertyName = "AnomalyModel")]
[JsonSerializable(typeof(LstmModelFile.ModelDocument), TypeInfoPropertyName = "LstmModel")]
[JsonSerializable(typeof(QuantizingModel))]
[JsonSerializable(typeof(ContextAnomalyModel))]
[JsonSerializable(typeof(TSmoteBalancer.Options), TypeInfoPropertyName = "BalancerOptions")]
[JsonSerializable(typeof(SoftPromptAnomalyTrainer.Options), TypeInfoPropertyName = "TrainerOptions")]
[JsonSerializable(typeof(StreamingState.Header), TypeInfoPropertyName = "StreamingHeader")]
[JsonSerializable(typeof(ModelFingerprint.Prompt), TypeInfoPropertyName = "FingerprintPrompt")]
[JsonSerializable(typeof(ModelFingerprint.Lstm), TypeInfoPropertyName = "FingerprintLstm")]
[JsonSerializable(typeof(SweepTrial))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>), TypeInfoPropertyName = "SweepIdentity")]
internal sealed partial class ModelJson : JsonSerializerContext;
