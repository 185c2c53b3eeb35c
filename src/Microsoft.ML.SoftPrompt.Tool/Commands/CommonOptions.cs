using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>Options that several commands share, and how their values are checked.</summary>
internal static class CommonOptions
{
    public static Option<int?> Threads() => WholeOrNone("--threads", "How many threads compute; all processors when not given. Results do not depend on it.");

    public static Option<int?> Window() => WholeOrNone("--window", "Readings in a window; the model's own when not given.");

    public static Option<int?> Stride() => WholeOrNone("--stride", "Readings from one window's start to the next; the model's own when not given.");

    public static Option<string> Model(string description) => new("--model") { Description = description, HelpName = "file.zip", Required = true };

    public static Option<int> Whole(string name, int value, string description) => new(name)
    {
        Description = description,
        HelpName = "n",
        DefaultValueFactory = _ => value,
        CustomParser = result => ParseWhole(name, result),
    };

    /// <summary>A choice by the names of an enumeration, in any case.</summary>
    public static Option<T?> Choice<T>(string name, string description)
        where T : struct, Enum
    {
        string names = string.Join('|', Enum.GetNames<T>()).ToLowerInvariant();
        return new Option<T?>(name)
        {
            Description = description,
            HelpName = names,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                foreach (T value in Enum.GetValues<T>())
                {
                    if (text.Equals(value.ToString(), StringComparison.OrdinalIgnoreCase))
                        return value;
                }
                result.AddError($"{name} is '{text}'; expected one of {names}.");
                return null;
            },
        };
    }

    public static Option<double> Rate(string name, double value, string description) => new(name)
    {
        Description = description,
        HelpName = "rate",
        DefaultValueFactory = _ => value,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double rate) && double.IsFinite(rate) && rate > 0)
                return rate;
            result.AddError($"{name} is '{text}'; a number above 0 was expected, such as 0.01.");
            return value;
        },
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
        CustomParser = result => ParseWhole(name, result),
    };

    private static int ParseWhole(string name, ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) && value >= 1)
            return value;
        result.AddError($"{name} is '{text}'; a whole number of at least 1 was expected.");
        return 1;
    }
}
