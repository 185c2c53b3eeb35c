using System.Globalization;

namespace Microsoft.ML.SoftPrompt;

/// <summary>Makes the parameters of a <see cref="SweepSpace"/>. A value stands for itself: <c>space.BinCount = 100</c>.</summary>
public static class SweepParameter
{
    /// <summary>Gives a parameter that takes one of some values, each as likely as the others.</summary>
    /// <typeparam name="T">The parameter's type.</typeparam>
    /// <param name="values">At least one; none twice.</param>
    /// <returns>The parameter.</returns>
    public static SweepParameter<T> Choice<T>(params T[] values) => new(values);

    /// <summary>Gives a parameter that takes any whole number of a range.</summary>
    /// <param name="from">The smallest.</param>
    /// <param name="to">The largest, above <paramref name="from"/>.</param>
    /// <param name="log">Whether its logarithm is drawn uniformly, rather than itself; the range is then above 0.</param>
    /// <returns>The parameter.</returns>
    public static SweepParameter<int> Range(int from, int to, bool log = false) => new(new NumberRange<int>(from, to, log, number => (int)Math.Round(number)));

    /// <summary>Gives a parameter that takes any number of a range, to three significant digits, so that what is printed is what was tried.</summary>
    /// <param name="from">The smallest.</param>
    /// <param name="to">The largest, above <paramref name="from"/>.</param>
    /// <param name="log">Whether its logarithm is drawn uniformly, rather than itself; the range is then above 0.</param>
    /// <returns>The parameter.</returns>
    public static SweepParameter<double> Range(double from, double to, bool log = false) => new(new NumberRange<double>(from, to, log, number => Math.Clamp(ThreeDigits(number), from, to)));

    private static double ThreeDigits(double number) => double.Parse(number.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}

/// <summary>A parameter of a <see cref="SweepSpace"/>: a fixed value, one of some values, or a range.</summary>
/// <typeparam name="T">The type of its values.</typeparam>
public sealed class SweepParameter<T>
{
    private readonly T[] _values;
    private readonly NumberRange<T>? _range;

    internal SweepParameter(T[] values) => _values = values ?? throw new ArgumentNullException(nameof(values));

    internal SweepParameter(NumberRange<T> range) => (_values, _range) = ([range.From, range.To], range);

    /// <summary>Gives a parameter with a fixed value.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator SweepParameter<T>(T value) => new([value]);

    /// <summary>Gets whether trials may differ in it.</summary>
    public bool IsSwept => _range is not null || _values.Length > 1;

    internal bool IsRange => _range is not null;

    /// <summary>The values, or the ends of the range.</summary>
    internal IReadOnlyList<T> Values => _values;

    internal T Draw(Random random) => _range is { } range ? range.At(random.NextDouble()) : _values[_values.Length == 1 ? 0 : random.Next(_values.Length)];

    internal void Check(OptionFaults faults, string name, Func<T, bool> fits, string expected)
    {
        if (_values.Length == 0)
            faults.Add($"{name} has no values; expected at least one.");
        if (_values.Distinct().Count() < _values.Length && !IsRange)
            faults.Add($"{name} names a value twice ({this}); expected each once.");
        foreach (T value in _values.Distinct().Where(value => !fits(value)))
            faults.Check(fits: false, name, value, expected);
        if (_range?.Fault is { } fault)
            faults.Add($"{name} is the {this}; expected {fault}.");
    }

    /// <summary>Gives the parameter in words.</summary>
    /// <returns>Such as <c>range 0.003 to 0.3, log</c>, or <c>10, 20, 30</c>.</returns>
    public override string ToString() => _range is { } range
        ? $"range {Text(range.From)} to {Text(range.To)}{(range.Log ? ", log" : "")}"
        : string.Join(", ", _values.Select(Text));

    private static string Text(T value) => value switch
    {
        null => "none",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}

/// <summary>Numbers from one to another, even or even in their logarithm.</summary>
internal sealed record NumberRange<T>(T From, T To, bool Log, Func<double, T> Convert)
{
    private double Low => System.Convert.ToDouble(From, CultureInfo.InvariantCulture);

    private double High => System.Convert.ToDouble(To, CultureInfo.InvariantCulture);

    public string? Fault => !double.IsFinite(Low) || !double.IsFinite(High) || !(Low < High) ? "finite ends that rise"
        : Log && Low <= 0 ? "a range above 0, as it is drawn by its logarithm"
        : null;

    /// <param name="share">0 to 1: how far along the range.</param>
    public T At(double share) => Log ? Convert(Low * Math.Pow(High / Low, share))
        // Whole numbers: each has an equal part of the range.
        : Convert is Func<double, int> ? Convert(Math.Floor(Low + share * (High - Low + 1)))
        : Convert(Low + share * (High - Low));
}
