using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>The tokenizer of SmolLM2-135M-Instruct, from its GGUF file's metadata; skipped where the file is not beside the checkout.</summary>
public class SmolLM2TokenizerTests
{
    [SkippableFact]
    public void Text_and_numerals_become_the_pieces_of_the_reference()
    {
        using JsonDocument golden = Golden.Json("smollm2/case.json");
        IBackboneTokenizer tokenizer = Open();
        tokenizer.Encode(golden.RootElement.GetProperty("text").GetString()!).Should().Equal(Ids(golden.RootElement.GetProperty("input_ids")));
        int numeral = 0;
        foreach (JsonElement pieces in golden.RootElement.GetProperty("numerals_0_to_200").EnumerateArray())
        {
            int[] ids = [.. Ids(pieces)];
            tokenizer.Encode(numeral.ToString(CultureInfo.InvariantCulture)).Should().Equal(ids);
            int zero = tokenizer.EncodeNumeral(0, 9).Single();
            tokenizer.EncodeNumeral(numeral, 200).Should().Equal([.. Enumerable.Repeat(zero, 3 - ids.Length), .. ids]);
            numeral++;
        }
        numeral.Should().Be(201);
    }

    private static IBackboneTokenizer Open()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string models = Path.Combine(folder.FullName, "shared", "models", "SmolLM2-135M-Instruct");
            if (Directory.Exists(models) && Directory.EnumerateFiles(models, "*.gguf").FirstOrDefault() is { } path)
            {
                Dictionary<string, object> metadata = ReadMetadata(path);
                string[] pieces = (string[])metadata["tokenizer.ggml.tokens"];
                return BackboneTokenizers.FromLists(
                    path, (string)metadata["tokenizer.ggml.model"], (string)metadata["tokenizer.ggml.pre"], pieces,
                    (string[])metadata["tokenizer.ggml.merges"], (int[])metadata["tokenizer.ggml.token_type"], pieces.Length);
            }
        }
        throw new SkipException("Skipped: there is no SmolLM2-135M-Instruct under ../shared/models.");
    }

    /// <summary>Texts, lists of texts and lists of whole numbers; other values are passed over.</summary>
    private static Dictionary<string, object> ReadMetadata(string path)
    {
        using BinaryReader reader = new(File.OpenRead(path), Encoding.UTF8);
        reader.ReadInt64();
        reader.ReadInt64();
        Dictionary<string, object> metadata = [];
        for (long left = reader.ReadInt64(); left > 0; left--)
            metadata[Text(reader)] = Value(reader, reader.ReadInt32());
        return metadata;
    }

    private static object Value(BinaryReader reader, int type)
    {
        const int Text8 = 8, List9 = 9, Int5 = 5;
        if (type == Text8)
            return Text(reader);
        if (type != List9)
            return reader.ReadBytes(type is 0 or 1 or 7 ? 1 : type is 2 or 3 ? 2 : type is >= 10 ? 8 : 4);
        int of = reader.ReadInt32();
        int count = (int)reader.ReadInt64();
        return of == Text8 ? Enumerable.Range(0, count).Select(_ => Text(reader)).ToArray()
            : of == Int5 ? Enumerable.Range(0, count).Select(_ => reader.ReadInt32()).ToArray()
            : Enumerable.Range(0, count).Select(_ => Value(reader, of)).ToArray();
    }

    private static string Text(BinaryReader reader) => Encoding.UTF8.GetString(reader.ReadBytes((int)reader.ReadInt64()));

    private static IEnumerable<int> Ids(JsonElement ids) => ids.EnumerateArray().Select(id => id.GetInt32());
}
