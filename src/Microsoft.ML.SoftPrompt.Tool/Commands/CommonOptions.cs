using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Microsoft.ML.SoftPrompt.Tensors;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>Options that several commands share, and how their values are checked.</summary>
internal static class CommonOptions
{
    public static Option<int?> Threads() => WholeOrNone("--threads", "How many threads compute; all processors when not given. Results do not depend on it.");

    public static Option<int?> Window() => WholeOrNone("--window", "Readings in a window; the model's own when not given.");

    public static Option<int?> Stride() => WholeOrNone("--stride", "Readings from one window's start to the next; the model's own when not given.");

    public static Option<string> Model(string description) => new("--model") { Description = description, HelpName = "file.zip", Required = true };

    public static Option<int> Whole(string name, int value, string description, int smallest = 1, int largest = int.MaxValue) => new(name)
    {
        Description = description,
        HelpName = "n",
        DefaultValueFactory = _ => value,
        CustomParser = result => ParseWhole(name, result, smallest, largest),
    };

    /// <summary>A choice by the names of an enumeration, written as in average-precision, in any case.</summary>
    /// <param name="nameOf">How a value is written; <see cref="ChoiceName"/> when null.</param>
    public static Option<T?> Choice<T>(string name, string description, Func<T, string>? nameOf = null)
        where T : struct, Enum
    {
        nameOf ??= ChoiceName;
        string names = string.Join('|', Enum.GetValues<T>().Select(nameOf));
        return new Option<T?>(name)
        {
            Description = description,
            HelpName = names,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                foreach (T value in Enum.GetValues<T>())
                {
                    if (text.Equals(nameOf(value), StringComparison.OrdinalIgnoreCase))
                        return value;
                }
                result.AddError($"{name} is '{text}'; expected one of {names}.");
                return null;
            },
        };
    }

    /// <summary>How a backbone keeps its matrices, by the names that such forms have elsewhere.</summary>
    public static Option<WeightPrecision?> Precision(string name) =>
        Choice<WeightPrecision>(name, "How the backbone keeps its matrices: 4, 2 or about 1 byte a weight. [default: full]", PrecisionName);

    /// <summary>How a precision is written on the command line.</summary>
    public static string PrecisionName(WeightPrecision precision) => precision == WeightPrecision.EightBit ? "int8" : precision.ToString().ToLowerInvariant();

    /// <summary>How a value of an enumeration is written on the command line.</summary>
    public static string ChoiceName<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    /// <summary>A number above 0.</summary>
    public static Option<double> Number(string name, string helpName, double value, string description) => new(name)
    {
        Description = description,
        HelpName = helpName,
        DefaultValueFactory = _ => value,
        CustomParser = result => ParseNumber(name, result, "a number above 0 was expected, such as 0.01", double.MaxValue),
    };

    /// <summary>A ratio, a share or a probability, above 0 and at most 1.</summary>
    /// <param name="bare">What the option means without a number; null where it needs one.</param>
    public static Option<double?> Share(string name, string helpName, string description, double? bare = null) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Arity = bare is null ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne,
        CustomParser = result => result.Tokens.Count == 0 ? bare : ParseNumber(name, result, "a number above 0 and at most 1 was expected", 1),
    };

    public static Option<SeriesSplit?> Split(string description) => new("--split")
    {
        Description = description,
        HelpName = "train/validation/test",
        CustomParser = result =>
        {
            try
            {
                return SeriesSplit.Parse(result.Tokens[0].Value);
            }
            catch (FormatException fault)
            {
                result.AddError($"--split: {fault.Message}");
                return null;
            }
        },
    };

    public static Option<int?> WholeOrNone(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "n",
        CustomParser = result => ParseWhole(name, result, 1, int.MaxValue),
    };

    private static int ParseWhole(string name, ArgumentResult result, int smallest, int largest)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) && value >= smallest && value <= largest)
            return value;
        string range = largest == int.MaxValue ? $"of at least {smallest}" : $"from {smallest} to {largest}";
        result.AddError($"{name} is '{text}'; a whole number {range} was expected.");
        return smallest;
    }

    private static double ParseNumber(string name, ArgumentResult result, string expected, double largest)
    {
        string text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0 && value <= largest)
            return value;
        result.AddError($"{name} is '{text}'; {expected}.");
        return largest;
    }
}
