using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Microsoft.ML.SoftPrompt.Tool.Models;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>The options that say what is searched: each a value, values parted by commas, or a range such as 0.003..0.1:log.</summary>
internal sealed class SweepParameters
{
    private const string Between = "..", Log = ":log", None = "none";

    private readonly Option<SweepParameter<int>?> _window = Whole("--window", "Readings in a window. [default: 50]");
    private readonly Option<SweepParameter<int?>?> _stride = Parameter<int?>("--stride", "window|n,n", "Readings from one training window's start to the next; window lays them end to end. [default: window]",
        text => text == "window" ? null : int.Parse(text, NumberStyles.Integer, CultureInfo.InvariantCulture), range: null);
    private readonly Option<SweepParameter<SweepScaling>?> _scale = Choice<SweepScaling>("--scale", "Scale each group by its own range, all by one, or each window by its own. [default: group where there is more than one]");
    private readonly Option<SweepParameter<int>?> _bins = Whole("--bins", "Bins that values are quantized into. [default: 100]");
    private readonly Option<SweepParameter<double?>?> _balance = Parameter<double?>("--balance", "none,ratio", "Synthetic windows (T-SMOTE) up to so many of the rarer class for each of the other; none for none. [default: none]",
        text => text == None ? null : Double(text), range: null);
    private readonly Option<SweepParameter<int>?> _promptLength = Whole("--prompt-length", "Learnable rows in front of every window. [default: 20]");
    private readonly Option<SweepParameter<SoftPromptPooling>?> _pooling = Choice<SoftPromptPooling>("--pooling", "Which hidden state answers for a window. [default: mean]");
    private readonly Option<SweepParameter<double>?> _promptRate = Number("--prompt-learning-rate", "Learning rate of the prompt. [default: 0.03]");
    private readonly Option<SweepParameter<double>?> _headRate = Number("--head-learning-rate", "Learning rate of the head. [default: 0.01]");

    public SweepParameters(Command command)
    {
        foreach (Option option in new Option[] { _window, _stride, _scale, _bins, _balance, _promptLength, _pooling, _promptRate, _headRate })
            command.Add(option);
    }

    /// <summary>What is searched where no option names more than one value.</summary>
    public const string Usual = "--prompt-length 5,10,20 --bins 50,100,200 --prompt-learning-rate 0.003..0.1:log --head-learning-rate 0.001..0.03:log";

    /// <param name="seriesCount">How many series were read: the scale depends on it where it was not given.</param>
    /// <param name="isUsual">Whether no option named more than one value, and the usual space is searched.</param>
    public SweepSpace Read(ParseResult parsed, int seriesCount, out bool isUsual)
    {
        var defaults = new SweepSpace();
        var space = new SweepSpace
        {
            WindowSize = parsed.GetValue(_window) ?? defaults.WindowSize,
            Stride = parsed.GetValue(_stride) ?? defaults.Stride,
            Scaling = parsed.GetValue(_scale) ?? (seriesCount > 1 ? SweepScaling.Group : SweepScaling.All),
            BinCount = parsed.GetValue(_bins) ?? defaults.BinCount,
            TSmoteRatio = parsed.GetValue(_balance) ?? defaults.TSmoteRatio,
            PromptLength = parsed.GetValue(_promptLength) ?? defaults.PromptLength,
            Pooling = parsed.GetValue(_pooling) ?? defaults.Pooling,
            PromptLearningRate = parsed.GetValue(_promptRate) ?? defaults.PromptLearningRate,
            HeadLearningRate = parsed.GetValue(_headRate) ?? defaults.HeadLearningRate,
        };
        isUsual = !(space.WindowSize.IsSwept || space.Stride.IsSwept || space.Scaling.IsSwept || space.BinCount.IsSwept || space.TSmoteRatio.IsSwept || space.PromptLength.IsSwept
            || space.Pooling.IsSwept || space.PromptLearningRate.IsSwept || space.HeadLearningRate.IsSwept);
        if (isUsual)
        {
            space.PromptLength = parsed.GetValue(_promptLength) ?? SweepParameter.Choice(5, 10, 20);
            space.BinCount = parsed.GetValue(_bins) ?? SweepParameter.Choice(50, 100, 200);
            space.PromptLearningRate = parsed.GetValue(_promptRate) ?? SweepParameter.Range(0.003, 0.1, log: true);
            space.HeadLearningRate = parsed.GetValue(_headRate) ?? SweepParameter.Range(0.001, 0.03, log: true);
        }
        return space;
    }

    private static Option<SweepParameter<int>?> Whole(string name, string description) =>
        Parameter(name, "n,n|n..n", description, text => int.Parse(text, NumberStyles.Integer, CultureInfo.InvariantCulture), SweepParameter.Range);

    private static Option<SweepParameter<double>?> Number(string name, string description) => Parameter(name, "x,x|x..x:log", description, Double, SweepParameter.Range);

    private static Option<SweepParameter<T>?> Choice<T>(string name, string description)
        where T : struct, Enum
    {
        string names = string.Join(',', Enum.GetValues<T>().Select(CommonOptions.ChoiceName));
        return Parameter(name, names, description, text => Enum.GetValues<T>().Cast<T?>().FirstOrDefault(value => CommonOptions.ChoiceName(value!.Value).Equals(text, StringComparison.OrdinalIgnoreCase))
            ?? throw new FormatException(), range: null);
    }

    private static Option<SweepParameter<T>?> Parameter<T>(string name, string helpName, string description, Func<string, T> parse, Func<T, T, bool, SweepParameter<T>>? range) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result => Parse(name, result, parse, range),
    };

    private static SweepParameter<T>? Parse<T>(string name, ArgumentResult result, Func<string, T> parse, Func<T, T, bool, SweepParameter<T>>? range)
    {
        string text = result.Tokens[0].Value;
        try
        {
            if (range is not null && text.Contains(Between, StringComparison.Ordinal))
            {
                bool log = text.EndsWith(Log, StringComparison.Ordinal);
                string[] ends = (log ? text[..^Log.Length] : text).Split(Between);
                return ends.Length == 2 ? range(parse(ends[0]), parse(ends[1]), log) : throw new FormatException();
            }
            return SweepParameter.Choice(text.Split(',').Select(parse).ToArray());
        }
        catch (Exception fault) when (fault is FormatException or OverflowException)
        {
            string ranges = range is null ? "" : ", or a range such as 5..50 or 0.003..0.1:log";
            result.AddError($"{name} is '{text}'; expected {result.Argument.HelpName ?? "a value, or values parted by commas"}: values parted by commas{ranges}.");
            return null;
        }
    }

    private static double Double(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>How a model with a trial's parameters is trained by the tool.</summary>
    public static TrainingSettings Apply(TrainingSettings settings, SweepValues values) => settings with
    {
        Window = values.WindowSize,
        Stride = values.Stride ?? values.WindowSize,
        Scale = Enum.Parse<SeriesScale>(values.Scaling.ToString()),
        Bins = values.BinCount,
        Balance = values.TSmoteRatio,
        PromptLength = values.PromptLength,
        Pooling = values.Pooling,
        PromptLearningRate = values.PromptLearningRate,
        HeadLearningRate = values.HeadLearningRate,
    };

    /// <summary>A trial's parameters as options of softprompt train.</summary>
    /// <param name="swept">The space, where only what differs from trial to trial is wanted.</param>
    public static string Text(SweepValues values, bool points, SweepSpace? swept = null)
    {
        string Invariant(FormattableString text) => FormattableString.Invariant(text);
        (bool IsSwept, string? Text)[] options =
        [
            (swept?.WindowSize.IsSwept ?? true, Invariant($"--window {values.WindowSize}")),
            (swept?.Stride.IsSwept ?? true, Invariant($"--stride {values.Stride ?? values.WindowSize}")),
            (swept?.Scaling.IsSwept ?? true, $"--scale {CommonOptions.ChoiceName(values.Scaling)}"),
            (swept?.BinCount.IsSwept ?? true, Invariant($"--bins {values.BinCount}")),
            (swept?.TSmoteRatio.IsSwept ?? true, values.TSmoteRatio is { } ratio ? Invariant($"--balance {ratio}") : null),
            (swept?.PromptLength.IsSwept ?? true, Invariant($"--prompt-length {values.PromptLength}")),
            (swept?.Pooling.IsSwept ?? !points, $"--pooling {CommonOptions.ChoiceName(values.Pooling)}"),
            (swept?.PromptLearningRate.IsSwept ?? true, Invariant($"--prompt-learning-rate {values.PromptLearningRate}")),
            (swept?.HeadLearningRate.IsSwept ?? true, Invariant($"--head-learning-rate {values.HeadLearningRate}")),
        ];
        return string.Join(' ', options.Where(option => option.IsSwept && option.Text is not null).Select(option => option.Text));
    }
}
