using System.Security.Cryptography;
using Microsoft.ML.SoftPrompt.Streaming;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Models;

/// <summary>A loaded model and how series are cut for it. Immutable; requests that were accepted under it are answered by it.</summary>
internal sealed class ServedModel
{
    // As much of the hash as tells versions apart.
    private const int VersionLength = 12;

    private readonly ITransformer _chain;
    private readonly DataViewSchema? _schema;
    private readonly StreamingDetectorOptions _streaming;
    private readonly ModelInput _input;
    private readonly QuantizingTransformer? _quantizer;

    private ServedModel(ITransformer chain, DataViewSchema? schema, SoftPromptModelOptions options, string version, DateTimeOffset loadedAt)
    {
        ITransformer[] stages = SoftPromptAnomalyTransformer.ScoringStages(chain).ToArray();
        Parameters = stages.OfType<SoftPromptAnomalyTransformer>().LastOrDefault()?.Model
            ?? throw new InvalidDataException("The file is an ML.NET model without a soft prompt in it; expected one that ends in AnomalyDetection.Trainers.SoftPrompt.");
        _quantizer = stages.OfType<QuantizingTransformer>().FirstOrDefault();
        _streaming = options.Streaming.Copy();
        _streaming.AllowStateOfOtherModel = true;
        _input = ModelInput.Find(chain, schema, _streaming);
        Stride = options.Stride ?? WindowSize;
        if (Stride > WindowSize)
            throw new InvalidDataException($"The stride of {Stride} readings is longer than the model's window of {WindowSize}, and would leave readings out; set {nameof(options.Stride)} to at most {WindowSize}.");
        (_chain, _schema) = (chain, schema);
        (Name, Version, LoadedAt) = (Path.GetFileName(options.ModelPath), version, loadedAt);
        Scorer = new WindowScorer(chain, _input.Series, _input.Group);
        // What only scoring finds out is found now, and not in a request; and the first request needs not wait for the backbone.
        Scorer.Score([new ScoredWindow("", new float[WindowSize])]);
    }

    /// <summary>Gets the file's name, without its folder.</summary>
    public string Name { get; }

    /// <summary>Gets the first digits of the file's SHA-256.</summary>
    public string Version { get; }

    public DateTimeOffset LoadedAt { get; }

    public SoftPromptModelParameters Parameters { get; }

    public WindowScorer Scorer { get; }

    public int WindowSize => _input.WindowSize;

    public int Stride { get; }

    /// <summary>Gets how many groups the model was fitted on; null for one without groups.</summary>
    public int? GroupCount => _input.Group is null ? null : _quantizer?.Groups.Count;

    /// <summary>Whether the model learned the range of a series' group; null for a model without groups. Values of an unknown one are scaled by the range of all.</summary>
    public bool? Knows(string? key) => GroupCount is null ? null : key is not null && _quantizer!.Groups.Contains(key);

    /// <summary>Where windows of a series start: at every stride, and the last one moved back to end with the series.</summary>
    /// <param name="count">Values in the series, at least 1.</param>
    /// <returns>Rising; a single 0 for a series that is not longer than a window.</returns>
    public int[] WindowStarts(int count)
    {
        int last = Math.Max(0, count - WindowSize), full = last / Stride + 1;
        int[] starts = new int[CountWindows(count)];
        for (int i = 0; i < starts.Length; i++)
            starts[i] = i < full ? i * Stride : last;
        return starts;
    }

    /// <inheritdoc cref="WindowStarts" path="/param"/>
    public int CountWindows(int count)
    {
        int last = Math.Max(0, count - WindowSize);
        return last / Stride + 1 + (last % Stride == 0 ? 0 : 1);
    }

    /// <summary>A detector of streams over this model.</summary>
    /// <param name="state">Trailing windows to go on from, of any model; null to begin with none.</param>
    /// <exception cref="InvalidDataException">The state's columns, window or stride are not this model's.</exception>
    public StreamingDetector CreateStreamingDetector(Stream? state) => new(_chain, _schema, _streaming, state);

    /// <summary>The first digits of the hash of a model's file.</summary>
    /// <param name="file">Read to its end.</param>
    public static string VersionOf(Stream file) => Convert.ToHexStringLower(SHA256.HashData(file))[..VersionLength];

    /// <exception cref="Exception">The file is no model, or not one that can be served with these options.</exception>
    public static ServedModel Load(MLContext ml, Stream file, string version, SoftPromptModelOptions options, DateTimeOffset now)
    {
        ITransformer chain = ml.Model.Load(file, out DataViewSchema? schema);
        return new ServedModel(chain, schema, options, version, now);
    }
}
