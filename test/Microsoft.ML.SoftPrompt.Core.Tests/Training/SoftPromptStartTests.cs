namespace Microsoft.ML.SoftPrompt.Training;

public sealed class SoftPromptStartTests
{
    private static readonly MixingBackbone s_backbone = new();
    private static readonly TokenTable s_table = TokenTable.ForBins(s_backbone, 10);

    [Fact]
    public void Text_gives_its_pieces_rows_repeated_to_the_length()
    {
        SoftPromptWeights start = Make(SoftPromptInitialization.Text, promptLength: 5, text: "7 3");

        // The mixing backbone's pieces of a text are its words' numbers.
        Rows(start).Should().BeEquivalentTo(new[] { Row(7), Row(3), Row(7), Row(3), Row(7) }, o => o.WithStrictOrdering());
    }

    [Fact]
    public void Text_is_cut_to_the_length() =>
        Rows(Make(SoftPromptInitialization.Text, promptLength: 1, text: "7 3")).Should().BeEquivalentTo(new[] { Row(7) }, o => o.WithStrictOrdering());

    [Fact]
    public void Text_needs_a_tokenizer_and_a_piece()
    {
        Action without = () => SoftPromptStart.Make(new MixingBackbone { HasTokenizer = false }, s_table, Settings(SoftPromptInitialization.Text, 2, "1"), new Random(1));
        Action empty = () => Make(SoftPromptInitialization.Text, 2, " ");

        without.Should().Throw<InvalidOperationException>().WithMessage("The backbone mixing came without a tokenizer, so a prompt cannot start from a text*");
        empty.Should().Throw<InvalidOperationException>().WithMessage("*no piece for the text ' '*");
    }

    [Fact]
    public void Random_rows_have_the_spread_of_the_vocabularys()
    {
        float[] rows = Make(SoftPromptInitialization.Random, promptLength: 5000).Prompt.ToArray();
        float[] vocabulary = Enumerable.Range(0, s_backbone.VocabularySize).SelectMany(Row).ToArray();

        rows.Average().Should().BeApproximately(0, 0.02f); // 30,000 numbers of deviation 0.6: 0.0035 expected
        Deviation(rows).Should().BeApproximately(Deviation(vocabulary), 0.02);

        static double Deviation(float[] values) => Math.Sqrt(values.Average(x => (double)x * x) - Math.Pow(values.Average(x => (double)x), 2));
    }

    [Fact]
    public void Vocabulary_rows_are_rows_of_tokens()
    {
        float[][] vocabulary = Enumerable.Range(0, s_backbone.VocabularySize).Select(Row).ToArray();

        Rows(Make(SoftPromptInitialization.Vocabulary, promptLength: 20)).Should().OnlyContain(row => vocabulary.Any(v => v.SequenceEqual(row)));
    }

    [Theory]
    [InlineData(SoftPromptInitialization.Vocabulary)]
    [InlineData(SoftPromptInitialization.Text)]
    [InlineData(SoftPromptInitialization.Random)]
    public void Head_and_missing_row_start_alike(SoftPromptInitialization initialization)
    {
        SoftPromptWeights start = Make(initialization, promptLength: 0, text: "1");

        start.Prompt.Length.Should().Be(0);
        start.MissingRow.ToArray().Should().Equal(s_table.InitialMissingRow());
        start.HeadWeight.ToArray().Should().OnlyContain(w => w != 0 && Math.Abs(w) < 0.2);
        start.HeadBias.Should().Be(0);
    }

    private static SoftPromptWeights Make(SoftPromptInitialization initialization, int promptLength, string text = "") =>
        SoftPromptStart.Make(s_backbone, s_table, Settings(initialization, promptLength, text), new Random(1));

    private static TrainingSettings Settings(SoftPromptInitialization initialization, int promptLength, string text) =>
        new() { Initialization = initialization, PromptLength = promptLength, InitializationText = text };

    private static float[][] Rows(SoftPromptWeights weights) => weights.Prompt.ToArray().Chunk(weights.HiddenSize).ToArray();

    private static float[] Row(int token)
    {
        var row = new float[s_backbone.HiddenSize];
        s_backbone.CopyTokenRow(token, row);
        return row;
    }
}
