using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Fuzzing;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>Learned tensors in a model file or a file of the user's, damaged.</summary>
public class DamagedTensorsTests
{
    private static readonly LstmShape s_shape = new(LstmModel.Inputs, 3, 2);

    public static TheoryData<string> Names => [PromptFile.Name, LstmFile.Name];

    [Theory]
    [MemberData(nameof(Names))]
    public void Two_thousand_damaged_streams_are_read_or_refused_by_name(string name) => Run(name, FuzzedReader.OrdinaryCount, seed: 1);

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Category", "Long")]
    public void A_hundred_thousand_damaged_streams_are_read_or_refused_by_name(string name) => Run(name, FuzzedReader.LongCount, seed: 2);

    private static void Run(string name, int count, int seed)
    {
        var sound = new MemoryStream();
        Action<byte[]> read;
        if (name == PromptFile.Name)
        {
            PromptFile.Write(sound, new SoftPromptWeights(2, 3, new float[] { 1, 2, 3, 4, 5, 6 }, new float[] { 7, 8, 9 }, new float[] { -1, -2, -3 }, 0.5f));
            read = bytes => PromptFile.Read(new MemoryStream(bytes), name, 2, 3);
        }
        else
        {
            LstmFile.Write(sound, LstmWeights.Random(s_shape, new Random(1)));
            read = bytes => LstmFile.Read(new MemoryStream(bytes), name, s_shape);
        }
        new FuzzedReader(name, read, typeof(InvalidDataException)) { Names = [name], FixedBytes = 1 << 18 }.Run(count, seed, random => DamagedSafetensors.Change(sound.ToArray(), random));
    }
}
