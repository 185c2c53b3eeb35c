using Microsoft.ML.SoftPrompt.Tool.ZeroShot;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.ZeroShot;

public class AnswerCacheTests
{
    private static readonly ChatAnswer s_answer = new("{\"probability\": 0.25}\n\"quoted\" – ☺", Refused: false, 100, 7);

    private static AnswerCache Filled(string path, params string[] keys)
    {
        var cache = new AnswerCache(path);
        foreach (string key in keys)
            cache.Add(key, s_answer);
        return cache;
    }

    [Fact]
    public void What_was_kept_is_found_by_the_next_process()
    {
        using var buffers = new Buffers();
        string path = buffers.Path("answers.jsonl");
        Filled(path, "a").Dispose();
        Filled(path, "b").Dispose();

        using (var cache = new AnswerCache(path))
        {
            (cache.Find("a"), cache.Find("b"), cache.Find("c")).Should().Be((s_answer, s_answer, null));
            cache.Find("a")!.Probability.Should().Be(0.25, "it is read from the words that were kept");
        }
        File.ReadAllLines(path).Should().HaveCount(2).And.OnlyContain(line => line.StartsWith("{\"Key\":\""));
    }

    [Fact]
    public void What_is_for_this_process_alone_is_not_in_the_file()
    {
        using var buffers = new Buffers();
        string path = buffers.Path("answers.jsonl");
        using (AnswerCache first = Filled(path, "a"))
        {
            first.Add("b", s_answer, inFile: false);
            first.Find("b").Should().Be(s_answer);
        }
        using var second = new AnswerCache(path);
        (second.Find("a"), second.Find("b")).Should().Be((s_answer, null));
    }

    [Fact]
    public void A_line_that_was_cut_off_is_asked_for_again()
    {
        using var buffers = new Buffers();
        string path = buffers.Path("answers.jsonl");
        Filled(path, "a", "b").Dispose();
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..^20]);

        using (AnswerCache cache = Filled(path))
        {
            (cache.Find("a"), cache.Find("b")).Should().Be((s_answer, null));
            cache.Add("b", s_answer);
        }

        File.ReadAllBytes(path).Should().Equal(whole);
    }

    [Theory]
    [InlineData("notes of my own, without an end of line")]
    [InlineData("value\n1\n2\n")]
    [InlineData("{\"Key\":\"a\"}\n")]
    [InlineData("{\"Key\":null,\"Answer\":null}\n")]
    [InlineData("null\n")]
    [InlineData("\u0000\u0001\n")]
    public void Another_file_is_refused_and_left_as_it_is(string text)
    {
        using var buffers = new Buffers();
        string path = buffers.Write("notes.txt", text);

        Func<object> open = () => new AnswerCache(path);

        open.Should().Throw<ToolException>().WithMessage($"Line 1 of '{path}' is not an answer as this program keeps them*");
        File.ReadAllText(path).Should().Be(text);
    }

    [Fact]
    public void Two_at_a_time_are_refused()
    {
        using var buffers = new Buffers();
        string path = buffers.Path("answers.jsonl");
        using AnswerCache first = Filled(path);
        Func<object> second = () => new AnswerCache(path);
        second.Should().Throw<ToolException>().WithMessage($"The file of answers '{path}' cannot be opened*One process uses it at a time*");
        Func<object> folder = () => new AnswerCache(buffers.Folder);
        folder.Should().Throw<ToolException>();
    }

    [Fact]
    public void A_key_tells_its_parts_apart() =>
        new[] { AnswerCache.KeyOf("a", "b"), AnswerCache.KeyOf("ab", ""), AnswerCache.KeyOf("a", "c"), AnswerCache.KeyOf("a\",\"b") }.Should().OnlyHaveUniqueItems();
}
