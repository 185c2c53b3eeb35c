using System.Security.Cryptography;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Fuzzing;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>A checkpoint damaged at random, mostly with the checksum of what it then holds.</summary>
public sealed class DamagedCheckpointTests : IDisposable
{
    private static readonly TrainingSettings s_settings = new() { PromptLength = 2, Epochs = 2, BatchSize = 12, Seed = 7, EarlyStopping = SoftPromptEarlyStopping.Loss, Patience = 2 };

    private static readonly TrainingExample[] s_train = Examples.Spikes(24, LabelKind.Series, seed: 1), s_validation = Examples.Spikes(12, LabelKind.Series, seed: 2);

    private readonly string _folder = FuzzedReader.MakeFolder();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Two_thousand_damaged_checkpoints_are_taken_up_or_refused_by_name() => Run(FuzzedReader.OrdinaryCount, seed: 1);

    [Fact]
    [Trait("Category", "Long")]
    public void A_hundred_thousand_damaged_checkpoints_are_taken_up_or_refused_by_name() => Run(FuzzedReader.LongCount, seed: 2);

    private void Run(int count, int seed)
    {
        var backbone = new MixingBackbone();
        TokenTable table = TokenTable.ForBins(backbone, 10);
        SoftPromptTrainingLoop.Run(backbone, table, LabelKind.Series, s_train, s_validation, s_settings, checkpoint: new TrainingCheckpoint(_folder));
        string path = Path.Combine(_folder, TrainingCheckpoint.FileName);
        byte[] sound = File.ReadAllBytes(path);
        SoftPromptWeights start = SoftPromptStart.Make(backbone, table, s_settings, new Random(s_settings.Seed));
        IReadOnlyDictionary<string, string> identity = TrainingIdentity.Of(backbone, table, LabelKind.Series, s_train, s_validation, s_settings, start);
        var validation = new ValidationRows(s_validation, s_settings.Loss);
        // One for all inputs: what a read checkpoint left in it, the next one replaces.
        var step = new SoftPromptTrainingStep(backbone, table, LabelKind.Series, s_settings, start, trainsMissingRow: false);
        (WeightTensor Tensor, byte[] Bytes)[] parts = Parts(sound);
        new FuzzedReader("checkpoint", bytes =>
        {
            File.WriteAllBytes(path, bytes);
            CheckpointFile.Read(path, identity, new TrainingState(), step, s_settings, batches: 2, validation);
        }, typeof(InvalidDataException), typeof(CheckpointMismatchException)) { Names = [TrainingCheckpoint.FileName] }.Run(count, seed, random => Change(sound, parts, random));
    }

    private static (WeightTensor, byte[])[] Parts(byte[] sound)
    {
        using SafetensorsFile file = SafetensorsFile.Open(new MemoryStream(sound), "sound");
        return [.. file.Tensors.Values.OrderBy(tensor => tensor.Offset).SkipLast(1).Select(tensor =>
        {
            var bytes = new byte[tensor.Bytes];
            file.ReadRaw(tensor, 0, bytes);
            return (tensor, bytes);
        })];
    }

    private static byte[] Change(byte[] sound, (WeightTensor Tensor, byte[] Bytes)[] parts, Random random)
    {
        if (random.Next(4) == 0)
            return DamagedSafetensors.Change(sound, random);
        var tensors = new List<(TensorFile.Tensor Tensor, byte[] Bytes)>();
        foreach ((WeightTensor tensor, byte[] soundBytes) in parts)
        {
            byte[] bytes = [.. soundBytes];
            bool isState = tensor.Name == "state";
            if (isState)
                bytes = DamagedJson.Change(bytes, random);
            else if (random.Next(30) == 0)
                BitConverter.TryWriteBytes(bytes, double.NaN);
            tensors.Add((new(tensor.Name, isState ? [bytes.Length] : [.. tensor.Shape.Select(size => (int)size)], tensor.Type), bytes));
        }
        tensors.Add((new("sha256", [SHA256.HashSizeInBytes], "U8"), SHA256.HashData([.. tensors.SelectMany(part => part.Bytes)])));
        var stream = new MemoryStream();
        TensorFile.Write(stream, tensors.ConvertAll(part => part.Tensor), tensors.ConvertAll(part => part.Bytes));
        return stream.ToArray();
    }
}
