using System.Buffers.Binary;
using System.Text;
using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Training;

public sealed class PromptFileTests
{
    private static readonly SoftPromptWeights s_weights = new(2, 3, new float[] { 1, 2, 3, 4, 5, 6 }, new float[] { 7, 8, 9 }, new float[] { -1, -2, -3 }, 0.5f);

    [Fact]
    public void What_is_written_is_read_back()
    {
        SoftPromptWeights read = Read(Write(s_weights));

        read.Should().BeEquivalentTo(s_weights, o => o.Excluding(w => w.Prompt).Excluding(w => w.MissingRow).Excluding(w => w.HeadWeight));
        read.Prompt.ToArray().Should().Equal(1, 2, 3, 4, 5, 6);
        read.MissingRow.ToArray().Should().Equal(7, 8, 9);
        read.HeadWeight.ToArray().Should().Equal(-1, -2, -3);
    }

    [Fact]
    public void Head_without_a_prompt_is_read_back()
    {
        var weights = new SoftPromptWeights(0, 3, Array.Empty<float>(), new float[] { 7, 8, 9 }, new float[] { -1, -2, -3 }, 0.5f);

        SoftPromptWeights read = PromptFile.Read(new MemoryStream(Write(weights)), "model.zip/prompt.safetensors", 0, 3);

        read.PromptLength.Should().Be(0);
        read.HeadWeight.ToArray().Should().Equal(-1, -2, -3);
    }

    [Fact]
    public void File_says_itself_how_large_its_prompt_is()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, Write(s_weights));
            SoftPromptWeights read = PromptFile.Read(path);
            (read.PromptLength, read.HiddenSize).Should().Be((2, 3));
            read.Prompt.ToArray().Should().Equal(1, 2, 3, 4, 5, 6);

            File.WriteAllBytes(path, SafetensorsBytes.Of([("weights", [1, 1], [1f])]));
            Action foreign = () => PromptFile.Read(path);
            foreign.Should().Throw<InvalidDataException>().WithMessage("*no tensor prompt_embeddings*");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Bytes_are_those_of_the_format()
    {
        byte[] bytes = Write(s_weights);
        int header = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);

        (header % 8).Should().Be(0);
        Encoding.UTF8.GetString(bytes, 8, header).TrimEnd().Should().Be(
            """{"prompt_embeddings":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"head.weight":{"dtype":"F32","shape":[1,3],"data_offsets":[24,36]}"""
            + ""","head.bias":{"dtype":"F32","shape":[1],"data_offsets":[36,40]},"missing_embedding":{"dtype":"F32","shape":[1,3],"data_offsets":[40,52]}}""");
        BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(8 + header + 36)).Should().Be(0.5f);
        bytes.Should().HaveCount(8 + header + 52);
    }

    [Fact]
    public void Streams_that_cannot_seek_are_read()
    {
        using var stream = new TricklingStream(Write(s_weights));

        PromptFile.Read(stream, "trickle", 2, 3).HeadBias.Should().Be(0.5f);
    }

    [Fact]
    public void File_cut_anywhere_is_refused()
    {
        byte[] bytes = Write(s_weights);
        for (int length = 0; length < bytes.Length; length++)
        {
            Action read = () => Read(bytes[..length]);
            read.Should().Throw<InvalidDataException>($"it was cut to {length} bytes").WithMessage("*model.zip/prompt.safetensors*");
        }
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1ul << 40)]
    [InlineData(0ul)]
    public void Header_that_lies_about_its_length_is_refused(ulong claim)
    {
        byte[] bytes = Write(s_weights);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, claim);

        Action read = () => Read(bytes);

        read.Should().Throw<InvalidDataException>().WithMessage("*model.zip/prompt.safetensors*");
    }

    [Theory]
    [InlineData("[24,36]", "[25,37]")]
    [InlineData("[24,36]", "[24,99]")]
    [InlineData("[24,36]", "[-9,36]")]
    [InlineData("\"F32\"", "\"F64\"")]
    [InlineData("\"F32\"", "12345")]
    [InlineData("\"shape\":[2,3]", "\"shape\":[3,2]")]
    [InlineData("head.bias", "head_bias")]
    [InlineData("{\"dtype\"", "[\"dtype\"")]
    public void Header_that_lies_about_a_tensor_is_refused(string text, string lie)
    {
        byte[] bytes = Write(s_weights);
        int header = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        string told = Encoding.UTF8.GetString(bytes, 8, header);
        int at = told.IndexOf(text, StringComparison.Ordinal);
        Encoding.UTF8.GetBytes(told[..at] + lie + told[(at + text.Length)..]).AsSpan(0, header).CopyTo(bytes.AsSpan(8));

        Action read = () => Read(bytes);

        read.Should().Throw<InvalidDataException>().WithMessage("*model.zip/prompt.safetensors*");
    }

    [Fact]
    public void Prompt_of_another_size_is_refused_with_both_sizes()
    {
        Action read = () => PromptFile.Read(new MemoryStream(Write(s_weights)), "model.zip/prompt.safetensors", 3, 2);

        read.Should().Throw<InvalidDataException>().WithMessage("*model.zip/prompt.safetensors*prompt_embeddings*[2, 3]*[3, 2]*");
    }

    [Fact]
    public void Values_that_are_no_numbers_are_refused()
    {
        byte[] bytes = Write(new SoftPromptWeights(1, 1, new float[] { 1 }, new float[] { float.NaN }, new float[] { 1 }, 0));

        Action read = () => PromptFile.Read(new MemoryStream(bytes), "model.zip/prompt.safetensors", 1, 1);

        read.Should().Throw<InvalidDataException>().WithMessage("*model.zip/prompt.safetensors*missing_embedding*");
    }

    [Fact]
    public void Endless_stream_is_not_read_to_its_end()
    {
        Action read = () => PromptFile.Read(new TricklingStream(null), "model.zip/prompt.safetensors", 2, 3);

        read.Should().Throw<InvalidDataException>().WithMessage("*is longer than*");
    }

    private static byte[] Write(SoftPromptWeights weights)
    {
        using var stream = new MemoryStream();
        PromptFile.Write(stream, weights);
        return stream.ToArray();
    }

    private static SoftPromptWeights Read(byte[] bytes) => PromptFile.Read(new MemoryStream(bytes), "model.zip/prompt.safetensors", 2, 3);

    /// <summary>Gives seven bytes at a time and cannot seek; without bytes it gives zeros for ever.</summary>
    private sealed class TricklingStream(byte[]? bytes) : Stream
    {
        private int _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (bytes is null)
                return count;
            int read = Math.Min(Math.Min(7, count), bytes.Length - _at);
            Array.Copy(bytes, _at, buffer, offset, read);
            _at += read;
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
