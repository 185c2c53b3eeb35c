namespace Microsoft.ML.SoftPrompt.Tool.Tests;

public sealed class ApplicationTests
{
    [Theory]
    [InlineData("train --data a.csv", "--model")]
    [InlineData("train --data a.csv --model m.zip --windw 3", "--windw")]
    [InlineData("train --data a.csv --model m.zip --window 0", "--window is '0'; a whole number of at least 1 was expected")]
    [InlineData("train --data a.csv --model m.zip --window ten", "--window is 'ten'; a whole number")]
    [InlineData("train --data a.csv --model m.zip --scale some", "--scale is 'some'; expected one of group|all")]
    [InlineData("train --data a.csv --model m.zip --labels l.json --label bad", "--labels and --label both")]
    [InlineData("train --data a.csv --model m.zip --split 60/20", "--split: '60/20' is no split")]
    [InlineData("train --data a.csv --model m.zip --prompt-learning-rate -1", "--prompt-learning-rate is '-1'; a number above 0")]
    [InlineData("evaluate --data a.csv --model m.zip --part test", "--part needs --split")]
    [InlineData("score --data a.csv --model m.zip", "--output")]
    [InlineData("evaluate --model m.zip", "There is nothing to read: give files with --data, or a SQLite database")]
    [InlineData("evaluate --model m.zip --data a.csv --database a.db --query q --order t", "--data and --database both")]
    [InlineData("evaluate --model m.zip --database a.db", "--database needs --query")]
    [InlineData("evaluate --model m.zip --data a.csv --query q", "--query needs --order")]
    [InlineData("evaluate --model m.zip --data a.csv --order t", "--order is for the result of --query")]
    [InlineData("explain --data a.csv --model m.zip --at 3 --top 2", "--at and --top both")]
    [InlineData("explain --data a.csv --model m.zip --width 0", "--width is '0'; a whole number of at least 1 was expected")]
    [InlineData("label --data a.csv --stride 5", "--stride needs --window")]
    [InlineData("label --data a.csv --split-correction some", "--split-correction is 'some'; expected one of none|bonferroni")]
    [InlineData("backbone", "command")]
    [InlineData("backbone benchmark --length 0", "--length is '0'; a whole number of at least 1 was expected")]
    [InlineData("predict", "predict")]
    [InlineData("", "command")]
    public void Wrong_usage_is_told_with_exit_code_2(string arguments, string message)
    {
        using var buffers = new Buffers();

        Application.Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), buffers.Console).Should().Be(2);

        buffers.Error.Should().Contain(message).And.Contain("--help");
    }

    [Theory]
    [InlineData("train", "softprompt train --data samples/water-flow.csv")]
    [InlineData("score", "softprompt score --data samples/water-flow.csv")]
    [InlineData("evaluate", "softprompt evaluate --data samples/water-flow.csv")]
    [InlineData("explain", "softprompt explain --data samples/water-flow.csv")]
    [InlineData("watch", "softprompt watch samples/water-flow.csv")]
    [InlineData("label", "softprompt label --data samples/water-flow.csv")]
    [InlineData("demo", "softprompt demo")]
    public void Help_ends_with_an_example(string command, string example)
    {
        using var buffers = new Buffers();

        Application.Run([command, "--help"], buffers.Console).Should().Be(0);

        buffers.Output.Should().Contain("Usage:");
        buffers.Output.TrimEnd().Split('\n')[^1].Trim().Should().StartWith(example);
    }

    [Fact]
    public void A_missing_file_is_a_failure_without_a_stack_trace()
    {
        using var buffers = new Buffers();

        Application.Run(["train", "--data", buffers.Path("none.csv"), "--model", buffers.Path("m.zip")], buffers.Console).Should().Be(1);

        buffers.Error.Should().Contain("error: There is no file '").And.NotContain("   at ");
    }
}
