using System.CommandLine;
using System.Globalization;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>Options that several commands share, and how their values are checked.</summary>
internal static class CommonOptions
{
    public static Option<int?> Threads() => AtLeastOne(new Option<int?>("--threads") { Description = "How many threads compute; all processors when not given. Results do not depend on it.", HelpName = "n" });

    public static Option<string> Model(string description) => new("--model") { Description = description, HelpName = "file.zip", Required = true };

    public static Option<int> Whole(string name, int value, string description) =>
        AtLeastOne(new Option<int>(name) { Description = description, HelpName = "n", DefaultValueFactory = _ => value });

    public static Option<int?> Window() => AtLeastOne(new Option<int?>("--window") { Description = "Readings in a window; the model's own when not given.", HelpName = "n" });

    public static Option<int?> Stride() => AtLeastOne(new Option<int?>("--stride") { Description = "Readings from one window's start to the next; the model's own when not given.", HelpName = "n" });

    public static Option<float> Rate(string name, float value, string description)
    {
        var option = new Option<float>(name)
        {
            Description = description,
            HelpName = "rate",
            DefaultValueFactory = _ => value,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float rate) && float.IsFinite(rate) && rate > 0)
                    return rate;
                result.AddError($"{name} is '{text}'; a number above 0 was expected, such as 0.01.");
                return value;
            },
        };
        return option;
    }

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

    private static Option<T> AtLeastOne<T>(Option<T> option)
    {
        option.Validators.Add(result =>
        {
            // What is no number at all is reported by the parser itself.
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) && value < 1)
                result.AddError($"{option.Name} is {value}; at least 1 was expected.");
        });
        return option;
    }
}
