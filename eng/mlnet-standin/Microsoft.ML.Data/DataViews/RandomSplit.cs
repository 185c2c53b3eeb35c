using System;
using System.Text;

namespace Microsoft.ML.Data;

/// <summary>Draws a number in [0, 1) for each row, or for each value of a key, and parts a view by it.</summary>
internal sealed class RandomSplit
{
    // FNV-1a over the value's text, then one multiplication so that close texts do not stay close.
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;
    private const ulong Spread = 0x9E3779B97F4A7C15;

    private readonly IDataView _data;
    private readonly int _seed;
    private readonly DataViewSchema.Column? _key;

    public RandomSplit(IDataView data, string samplingKeyColumnName, int seed)
    {
        _data = data;
        _seed = seed;
        if (samplingKeyColumnName is not null)
            _key = Columns.Find(data.Schema, samplingKeyColumnName, "SamplingKey");
    }

    /// <summary>The rows whose numbers lie in the range are the test part, all others the training part.</summary>
    public DataOperationsCatalog.TrainTestData Parts(double from, double to) => new(Part(from, to, isTest: false), Part(from, to, isTest: true));

    private IDataView Part(double from, double to, bool isTest) =>
        new RowFilterDataView(_data, _key is { } key ? [key] : [], row =>
        {
            var draw = _key is { } column ? KeyDraw(row, column) : RowDraw();
            return () =>
            {
                double drawn = draw();
                return (drawn >= from && drawn < to) == isTest ? RowFilterDataView.Verdict.Keep : RowFilterDataView.Verdict.Skip;
            };
        });

    private Func<double> RowDraw() => new Random(_seed).NextDouble;

    private Func<double> KeyDraw(DataViewRow row, DataViewSchema.Column column)
    {
        var text = (Func<string>)MemberAccess.CallGeneric(typeof(RandomSplit), nameof(TextOf), [column.Type.RawType], row, column);
        return () =>
        {
            ulong hash = FnvOffset ^ (uint)_seed;
            foreach (byte b in Encoding.UTF8.GetBytes(text()))
                hash = unchecked((hash ^ b) * FnvPrime);
            hash = unchecked((hash ^ (hash >> 32)) * Spread);
            return (hash >> 11) * (1.0 / (1UL << 53)); // the 53 bits of a double's fraction
        };
    }

    private static Func<string> TextOf<TValue>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<TValue>(column);
        return () =>
        {
            TValue value = default;
            getter(ref value);
            return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{value}");
        };
    }
}
