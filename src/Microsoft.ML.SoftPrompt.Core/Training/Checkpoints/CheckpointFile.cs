using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>
/// A checkpoint's file, in the safetensors format: for each parameter a tensor [3, n] of doubles with its values and AdamW's two moments;
/// the best epoch's parameters and validation logits as Singles; <c>state</c>, JSON in UTF-8 as bytes; and <c>sha256</c> of all tensors
/// before it. docs/long-work.md describes it.
/// </summary>
/// <remarks>Nothing else is needed: the order of the batches follows from the seed and the number of epochs, AdamW's powers from the number of steps, metrics from logits.</remarks>
internal static class CheckpointFile
{
    private const int FormatVersion = 1;
    private const string StateTensor = "state", HashTensor = "sha256", BestLogits = "best.validation_logits";
    private const string Single = "F32", Double = "F64", Bytes = "U8";

    /// <summary>An entry of the history takes some 200 bytes, so this is far beyond any training.</summary>
    private const int LongestState = 64 << 20;

    private const int HashedAtATime = 1 << 16;

    public static void Write(Stream stream, IReadOnlyDictionary<string, string> identity, TrainingState state, SoftPromptTrainingStep step)
    {
        var tensors = new List<(TensorFile.Tensor Tensor, byte[] Bytes)>();
        foreach ((string name, AdamW adam) in step.Parameters)
            tensors.Add((new(name, [3, adam.Values.Length], Double), [.. adam.State.SelectMany(values => MemoryMarshal.AsBytes<double>(values).ToArray())]));
        if (state is { BestWeights: { } best, Best: { } validated })
        {
            foreach ((TensorFile.Tensor tensor, ReadOnlyMemory<float> values) in Best(best))
                tensors.Add((tensor, MemoryMarshal.AsBytes(values.Span).ToArray()));
            tensors.Add((new(BestLogits, [validated.Logits.Length], Double), MemoryMarshal.AsBytes<double>(validated.Logits).ToArray()));
        }
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(new CheckpointDocument(FormatVersion, identity, state.Epoch, state.Batch, state.Loss, state.LossSum, state.Judged, state.Flagged, state.History), CheckpointJson.Default.CheckpointDocument);
        tensors.Add((new(StateTensor, [json.Length], Bytes), json));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((_, byte[] bytes) in tensors)
            hash.AppendData(bytes);
        tensors.Add((new(HashTensor, [SHA256.HashSizeInBytes], Bytes), hash.GetHashAndReset()));
        TensorFile.Write(stream, tensors.ConvertAll(part => part.Tensor), tensors.ConvertAll(part => part.Bytes));
    }

    /// <summary>Reads a checkpoint into a training that has just been set up.</summary>
    /// <inheritdoc cref="TrainingCheckpoint.Begin" path="/exception"/>
    public static void Read(string path, IReadOnlyDictionary<string, string> identity, TrainingState state, SoftPromptTrainingStep step, TrainingSettings settings, int batches,
        ValidationRows validation)
    {
        try
        {
            using var file = SafetensorsFile.Open(path);
            CheckpointDocument document = ReadDocument(file);
            if (document.FormatVersion != FormatVersion)
                throw new CheckpointMismatchException($"The checkpoint '{path}' is of format {document.FormatVersion}, and this version reads {FormatVersion}. {Advice(path)}");
            if (TrainingIdentity.Differences(document.BelongsTo, identity) is { Length: > 0 } differences)
                throw new CheckpointMismatchException($"The checkpoint '{path}' belongs to another training. {differences}. {Advice(path)}");
            CheckPosition(document, settings, batches, validation.HasBothClasses);
            ReadParameters(file, step, stepsDone: (document.Epoch - 1) * batches + document.Batch);
            (state.Epoch, state.Batch, state.Loss, state.LossSum, state.Judged, state.Flagged) =
                (document.Epoch, document.Batch, document.Loss, document.LossSum, document.Judged, document.Flagged);
            state.History.AddRange(document.History);
            ReadBest(file, state, step, settings, validation);
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new IOException($"The checkpoint '{path}' cannot be opened: {fault.Message}", fault);
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"The checkpoint cannot be read: {fault.Message} Delete '{path}' to train from the start, or put back a copy of it. Nothing was changed.", fault);
        }
    }

    private static string Advice(string path) => $"Train with the same options, data, seed and backbone to go on from it; choose another folder; or delete '{path}' to train from the start. Nothing was changed.";

    private static CheckpointDocument ReadDocument(SafetensorsFile file)
    {
        WeightTensor text = Find(file, StateTensor), stored = Find(file, HashTensor);
        if (text.Type != Bytes || text.Bytes > LongestState || stored.Type != Bytes || stored.Bytes != SHA256.HashSizeInBytes || file.Tensors.Values.Any(tensor => tensor.Offset > stored.Offset))
            throw new InvalidDataException($"'{file.Name}' is no checkpoint: its tensors {StateTensor} and {HashTensor} are not those of one.");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var part = new byte[HashedAtATime];
        foreach (WeightTensor tensor in file.Tensors.Values.Where(tensor => tensor != stored).OrderBy(tensor => tensor.Offset))
            for (long at = 0; at < tensor.Bytes; at += part.Length)
            {
                Span<byte> bytes = part.AsSpan(0, (int)Math.Min(part.Length, tensor.Bytes - at));
                file.ReadRaw(tensor, at, bytes);
                hash.AppendData(bytes);
            }
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(ReadBytes(file, stored)))
            throw new InvalidDataException($"'{file.Name}' is damaged: its SHA-256 is not the one that it was written with.");
        try
        {
            return JsonSerializer.Deserialize(ReadBytes(file, text), CheckpointJson.Default.CheckpointDocument) ?? throw new InvalidDataException($"'{file.Name}' has an empty {StateTensor}.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"'{file.Name}' has a {StateTensor} that is not a checkpoint's: {fault.Message}", fault);
        }
    }

    private static void CheckPosition(CheckpointDocument document, TrainingSettings settings, int batches, bool validates)
    {
        bool sound = !document.History.Contains(null!) && document.Judged >= 0 && document.Flagged >= 0 && document.Flagged <= document.Judged && document.Epoch >= 1 && document.Epoch <= settings.Epochs && document.Batch >= 0 && document.Batch <= batches
            && (document.History.Count == document.Epoch - 1 || (document.History.Count == document.Epoch && document.Batch == batches))
            && document.History.Select((epoch, i) => epoch.Epoch == i + 1
                && (epoch is { ValidationLoss: not null, ValidationAveragePrecision: not null, ValidationAuroc: not null }) == validates).All(fits => fits);
        if (!sound)
            throw new InvalidDataException($"It stands at epoch {document.Epoch}, batch {document.Batch} with {document.History.Count} epochs ended; that is none of {settings.Epochs} epochs of {batches} batches.");
    }

    private static void ReadParameters(SafetensorsFile file, SoftPromptTrainingStep step, int stepsDone)
    {
        var found = step.Parameters.Select(parameter => (parameter.Adam, Numbers: ReadNumbers<double>(file, new(parameter.Name, [3, parameter.Adam.Values.Length], Double)))).ToArray();
        foreach ((AdamW adam, double[] numbers) in found)
            adam.Restore(numbers, stepsDone);
        step.TakeValues();
    }

    private static void ReadBest(SafetensorsFile file, TrainingState state, SoftPromptTrainingStep step, TrainingSettings settings, ValidationRows validation)
    {
        EpochChoice choice = state.Choose(settings);
        if (choice.Best is null)
            return;
        SoftPromptWeights size = step.Weights;
        float[][] values = Best(size).Select(part => ReadNumbers<float>(file, part.Tensor)).ToArray();
        double[] logits = ReadNumbers<double>(file, new(BestLogits, [validation.LogitCount], Double));
        state.BestWeights = new SoftPromptWeights(size.PromptLength, size.HiddenSize, values[0], values[1], values[2], values[3][0]);
        state.Best = validation.Judge(choice.Best.Epoch, logits);
    }

    private static IEnumerable<(TensorFile.Tensor Tensor, ReadOnlyMemory<float> Values)> Best(SoftPromptWeights weights) =>
    [
        (new("best.prompt_embeddings", [weights.PromptLength, weights.HiddenSize], Single), weights.Prompt),
        (new("best.missing_embedding", [weights.HiddenSize], Single), weights.MissingRow),
        (new("best.head.weight", [weights.HiddenSize], Single), weights.HeadWeight),
        (new("best.head.bias", [1], Single), new[] { weights.HeadBias }),
    ];

    private static WeightTensor Find(SafetensorsFile file, string name) =>
        file.Tensors.GetValueOrDefault(name) ?? throw new InvalidDataException($"'{file.Name}' is no checkpoint: it has no tensor {name}.");

    private static byte[] ReadBytes(SafetensorsFile file, WeightTensor tensor)
    {
        var bytes = new byte[tensor.Bytes];
        file.ReadRaw(tensor, 0, bytes);
        return bytes;
    }

    private static T[] ReadNumbers<T>(SafetensorsFile file, TensorFile.Tensor expected)
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        WeightTensor found = Find(file, expected.Name);
        if (found.Type != expected.Type || !found.Shape.SequenceEqual(expected.Shape.Select(size => (long)size)))
            throw new InvalidDataException($"'{file.Name}': tensor {found.Name} is {found.Type} {found.ShapeText}; expected {expected.Type} [{string.Join(", ", expected.Shape)}].");
        var numbers = new T[found.Count];
        file.ReadRaw(found, 0, MemoryMarshal.AsBytes(numbers.AsSpan()));
        if (!Array.TrueForAll(numbers, T.IsFinite))
            throw new InvalidDataException($"'{file.Name}': tensor {found.Name} holds a number that is not finite.");
        return numbers;
    }
}

/// <summary>What the tensors of a checkpoint do not hold.</summary>
internal sealed record CheckpointDocument(int FormatVersion, IReadOnlyDictionary<string, string> BelongsTo, int Epoch, int Batch, double Loss, double LossSum, long Judged, long Flagged,
    IReadOnlyList<TrainingEpoch> History);

// Made when compiled, since a trimmed program cannot look at types when it runs.
[JsonSourceGenerationOptions(AllowDuplicateProperties = false, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true, MaxDepth = 8)]
[JsonSerializable(typeof(CheckpointDocument))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
