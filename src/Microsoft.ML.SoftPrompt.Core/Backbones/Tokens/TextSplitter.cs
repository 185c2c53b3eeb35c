using System.Text;
using System.Text.RegularExpressions;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// Cuts a text into the words within which byte pairs are joined. A list of steps, each on the words of the one before: a pattern whose
/// matches, and what lies between them, become words; or a space put before a word that does not begin with one.
/// </summary>
internal sealed class TextSplitter
{
    /// <summary>The pattern of GPT-2 (Radford et al. 2019): English contractions, letters, numbers and the rest, each with a space in front.</summary>
    public const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>A number's characters one by one.</summary>
    public const string DigitPattern = @"\p{N}";

    /// <summary>The longest pattern in use has some 400 characters.</summary>
    private const int LongestPattern = 4096;

    /// <summary>Those in use have at most four; each has its own time limit.</summary>
    private const int MostSteps = 32;

    /// <summary>A pattern from a file may be one that takes for ever; on what people write, those in use take microseconds.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly List<Func<string, IEnumerable<string>>> _steps = [];
    private readonly string _file;

    /// <param name="file">Name for messages.</param>
    public TextSplitter(string file) => _file = file;

    /// <summary>The splitters that a GGUF file names, and whether a word that is a piece as a whole is taken without joining.</summary>
    /// <param name="name">E.g. <c>smollm</c>.</param>
    /// <param name="file">Name for messages.</param>
    /// <exception cref="NotSupportedException">The name is none of those known.</exception>
    public static (TextSplitter Splitter, bool Compose, bool WholeWords) Named(string name, string file)
    {
        TextSplitter splitter = new(file);
        switch (name)
        {
            case "gpt-2":
                return (splitter.Isolate(Gpt2Pattern), Compose: false, WholeWords: false);
            case "smollm":
                return (splitter.Isolate(DigitPattern).Isolate(Gpt2Pattern), Compose: false, WholeWords: false);
            case "llama-bpe":
                return (splitter.Isolate(Gpt4Pattern(@"\p{N}{1,3}")), Compose: false, WholeWords: true);
            case "qwen2":
                return (splitter.Isolate(Gpt4Pattern(DigitPattern)), Compose: true, WholeWords: false);
            default:
                throw new NotSupportedException($"'{file}': tokenizer.ggml.pre is '{name}'; supported are gpt-2, smollm, llama-bpe and qwen2.");
        }
    }

    /// <summary>Adds a step: the matches of a pattern, and what lies between them, become words.</summary>
    /// <exception cref="NotSupportedException">The pattern is not one that .NET's regular expressions know, or there are too many steps.</exception>
    public TextSplitter Isolate(string pattern)
    {
        if (pattern.Length > LongestPattern)
            throw new NotSupportedException($"'{_file}': a pattern of the pre_tokenizer has {pattern.Length} characters; supported are {LongestPattern}.");
        Regex regex;
        try
        {
            regex = new Regex(pattern, RegexOptions.CultureInvariant, s_patience);
        }
        catch (ArgumentException exception)
        {
            throw new NotSupportedException($"'{_file}': the pattern '{pattern}' of the pre_tokenizer cannot be used: {exception.Message}", exception);
        }
        return Add(word => Isolate(word, regex));
    }

    /// <summary>Adds a step: a space before each word that does not begin with one.</summary>
    public TextSplitter PrefixSpace() => Add(word => [word.StartsWith(' ') ? word : ' ' + word]);

    /// <summary>The words of a text, in order; none is empty.</summary>
    /// <exception cref="InvalidOperationException">A pattern takes too long over this text.</exception>
    public IEnumerable<string> Split(string text)
    {
        try
        {
            IEnumerable<string> words = text.Length == 0 ? [] : [text];
            foreach (Func<string, IEnumerable<string>> step in _steps)
                words = words.SelectMany(step).ToArray();
            return words;
        }
        catch (RegexMatchTimeoutException exception)
        {
            throw new InvalidOperationException(
                $"'{_file}': a pattern of the pre_tokenizer takes more than {s_patience.TotalSeconds:0} s over a text of {text.Length} characters.", exception);
        }
    }

    /// <summary>The pattern of GPT-4's tokenizer, of which Llama 3's and Qwen 2's differ in how many digits stay together.</summary>
    private static string Gpt4Pattern(string digits) =>
        $@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|{digits}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private TextSplitter Add(Func<string, IEnumerable<string>> step)
    {
        if (_steps.Count == MostSteps)
            throw new NotSupportedException($"'{_file}': the pre_tokenizer has more than {MostSteps} steps; supported are {MostSteps}.");
        _steps.Add(step);
        return this;
    }

    private static IEnumerable<string> Isolate(string word, Regex regex)
    {
        string shape = OneCharacterEach(word);
        int at = 0, shapeAt = 0;
        foreach (Match match in regex.Matches(shape))
        {
            if (match.Length == 0)
                continue;
            foreach (int cut in (int[])[match.Index, match.Index + match.Length])
            {
                int end = Forward(word, at, cut - shapeAt);
                if (end > at)
                    yield return word[at..end];
                (at, shapeAt) = (end, cut);
            }
        }
        if (at < word.Length)
            yield return word[at..];
    }

    /// <summary>
    /// A text with a character for each code point. A pattern sees a code point above U+FFFF as two characters that are neither letter
    /// nor number; here one of the same kind stands in its place.
    /// </summary>
    private static string OneCharacterEach(string text)
    {
        if (!text.Any(char.IsSurrogate))
            return text;
        StringBuilder shape = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            shape.Append(rune.IsBmp ? (char)rune.Value : Rune.IsLetter(rune) ? 'ª' : Rune.IsNumber(rune) ? '²' : '©');
        return shape.ToString();
    }

    /// <summary>The place a number of code points further on.</summary>
    private static int Forward(string text, int at, int codePoints)
    {
        for (; codePoints > 0; codePoints--)
            at += char.IsSurrogatePair(text, at) ? 2 : 1;
        return at;
    }
}
