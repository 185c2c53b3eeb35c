using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>
/// The pieces of every bin's numeral in a backbone's vocabulary: turns a series of tokens into the positions of a call (SPEAR,
/// e_t = E[q_t]). A missing value takes one position, the supplied row 0.
/// </summary>
internal sealed class TokenTable
{
    private static readonly int MissingPosition = BackboneInput.Supplied(0);

    private readonly IBackbone _backbone;
    private readonly int[] _pieces;
    private readonly int[] _starts; // pieces of token k are _pieces[_starts[k - 1].._starts[k]]

    private TokenTable(IBackbone backbone, IReadOnlyList<IReadOnlyList<int>> pieces)
    {
        _backbone = backbone;
        _pieces = pieces.SelectMany(p => p).ToArray();
        _starts = new int[pieces.Count + 1];
        for (int i = 0; i < pieces.Count; i++)
        {
            if (pieces[i].Count == 0)
                throw new InvalidOperationException($"The tokenizer of {backbone.Fingerprint.Name} has no piece for the numeral {i}, so a bin would leave no trace; use another backbone.");
            _starts[i + 1] = _starts[i] + pieces[i].Count;
        }
    }

    /// <summary>The number of bins; tokens are 1 … BinCount, and 0 for a missing value.</summary>
    public int BinCount => _starts.Length - 1;

    /// <summary>The pieces of the numerals 0 … binCount − 1.</summary>
    public static TokenTable ForBins(IBackbone backbone, int binCount)
    {
        if (!backbone.HasTokenizer)
            throw new InvalidOperationException($"The backbone {backbone.Fingerprint.Name} came without a tokenizer, so bins cannot be written as numerals; put its tokenizer files beside its weights.");
        return FromPieces(backbone, Enumerable.Range(0, binCount).Select(q => backbone.EncodeNumeral(q, binCount - 1)).ToArray());
    }

    /// <summary>Bins that stand for given pieces; token k is <c>pieces[k − 1]</c>.</summary>
    public static TokenTable FromPieces(IBackbone backbone, IReadOnlyList<IReadOnlyList<int>> pieces) => new(backbone, pieces);

    /// <summary>The number of positions that a series takes, the prompt not counted.</summary>
    /// <exception cref="ArgumentException">The series is empty, or a token is no bin.</exception>
    public int CountPositions(ReadOnlySpan<uint> tokens)
    {
        if (tokens.IsEmpty)
            throw new ArgumentException("A series has no values; every series needs at least one.", nameof(tokens));
        int positions = 0;
        for (int i = 0; i < tokens.Length; i++)
        {
            if (tokens[i] > (uint)BinCount)
                throw new ArgumentException($"The token at index {i} is {tokens[i]}; with {BinCount} bins tokens are 0 (missing) to {BinCount}. Quantize into as many bins as the model was trained with.", nameof(tokens));
            positions += PiecesOf(tokens[i]);
        }
        return positions;
    }

    /// <summary>Refuses a series that does not fit into the backbone behind the prompt.</summary>
    /// <param name="tokens">A key a value.</param>
    /// <param name="promptLength">Rows in front of it.</param>
    /// <param name="labelKind">What is labelled: series with a label of their own may be truncated, which the message says.</param>
    /// <returns>The number of positions, prompt included.</returns>
    /// <exception cref="ArgumentException">The series is empty, a token is no bin, or there are too many positions.</exception>
    public int CheckFits(ReadOnlySpan<uint> tokens, int promptLength, LabelKind labelKind)
    {
        int positions = CountPositions(tokens);
        if (positions + promptLength > _backbone.MaxPositions)
            throw new ArgumentException($"A series of {tokens.Length} values takes {positions} positions and the prompt {promptLength}, but {_backbone.Fingerprint.Name} has "
                + $"{_backbone.MaxPositions} positions. Use shorter windows, a shorter prompt, or a backbone with more positions.{OtherAdvice(tokens, positions, promptLength, labelKind)}", nameof(tokens));
        return positions + promptLength;
    }

    /// <summary>What helps with some series only.</summary>
    private string OtherAdvice(ReadOnlySpan<uint> tokens, int positions, int promptLength, LabelKind labelKind)
    {
        string advice = "";
        if (positions > tokens.Length && tokens.Length + promptLength <= _backbone.MaxPositions)
            advice += $" Fewer bins than {BinCount} have shorter numerals; in one position each the values would fit.";
        if (labelKind == LabelKind.Series && CountLastValuesThatFit(tokens, promptLength) is var fit and > 0)
            advice += $" A model trained with TruncateLongSeries reads the last {fit} values.";
        return advice;
    }

    /// <summary>How many of a series' last values fit into the backbone behind the prompt; 0 where the prompt leaves no room.</summary>
    public int CountLastValuesThatFit(ReadOnlySpan<uint> tokens, int promptLength)
    {
        int free = _backbone.MaxPositions - promptLength;
        int values = 0;
        for (int i = tokens.Length - 1; i >= 0 && (free -= PiecesOf(tokens[i])) >= 0; i--)
            values++;
        return values;
    }

    /// <summary>Adds a series to a call whose supplied row 0 is the missing value's; the tokens have been checked.</summary>
    public void AddTo(BackboneInput input, ReadOnlySpan<uint> tokens, LabelKind labelKind, SoftPromptPooling pooling)
    {
        int[] positions = ArrayPool<int>.Shared.Rent(CountPositions(tokens));
        int[] ends = ArrayPool<int>.Shared.Rent(tokens.Length); // output position of each value's last piece
        int count = 0;
        for (int i = 0; i < tokens.Length; i++)
        {
            if (tokens[i] == Quantizer.Missing)
                positions[count++] = MissingPosition;
            else
                for (int p = _starts[tokens[i] - 1]; p < _starts[tokens[i]]; p++)
                    positions[count++] = _pieces[p];
            ends[i] = input.SharedCount + count - 1;
        }
        ReadOnlySpan<int> wanted = labelKind == LabelKind.Point || pooling is SoftPromptPooling.Mean or SoftPromptPooling.Max ? ends.AsSpan(0, tokens.Length)
            : pooling == SoftPromptPooling.Last ? ends.AsSpan(tokens.Length - 1, 1)
            : [0];
        input.Add(positions.AsSpan(0, count), wanted);
        ArrayPool<int>.Shared.Return(positions);
        ArrayPool<int>.Shared.Return(ends);
    }

    /// <summary>Adds the pieces of all bins to a hash.</summary>
    public void HashPieces(IncrementalHash hash)
    {
        hash.AppendData(MemoryMarshal.AsBytes<int>(_starts));
        hash.AppendData(MemoryMarshal.AsBytes<int>(_pieces));
    }

    /// <summary>Where the missing value's row starts: the mean of the bins' rows, a bin of several pieces being the mean of theirs.</summary>
    /// <returns>[HiddenSize].</returns>
    public float[] InitialMissingRow()
    {
        var sum = new double[_backbone.HiddenSize];
        var row = new float[_backbone.HiddenSize];
        for (int bin = 0; bin < BinCount; bin++)
        {
            int pieces = _starts[bin + 1] - _starts[bin];
            for (int p = _starts[bin]; p < _starts[bin + 1]; p++)
            {
                _backbone.CopyTokenRow(_pieces[p], row);
                for (int i = 0; i < row.Length; i++)
                    sum[i] += (double)row[i] / pieces;
            }
        }
        return Array.ConvertAll(sum, s => (float)(s / BinCount));
    }

    private int PiecesOf(uint token) => token == Quantizer.Missing ? 1 : _starts[token] - _starts[token - 1];
}
