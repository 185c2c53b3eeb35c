using System;
using System.Text;

namespace Microsoft.ML.Data;

/// <summary>Two parts of a view: each row, or each value of a key, falls into the test part with the given probability.</summary>
internal sealed class RandomSplit
{
    // FNV-1a over the value's text, then one multiplication so that close texts do not stay close.
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;
    private const ulong Spread = 0x9E3779B97F4A7C15;

    private readonly IDataView _data;
    private readonly int _seed;
    private readonly double _testFraction;
    private readonly DataViewSchema.Column? _key;

    public RandomSplit(IDataView data, string samplingKeyColumnName, int seed, double testFraction)
    {
        _data = data;
        _seed = seed;
        _testFraction = testFraction;
        if (samplingKeyColumnName is not null)
            _key = Columns.Find(data.Schema, samplingKeyColumnName, "SamplingKey");
    }

    public IDataView Part(bool isTest) =>
        new RowFilterDataView(_data, _key is { } key ? [key] : [], row =>
        {
            var draw = _key is { } column ? KeyDraw(row, column) : RowDraw();
            return () => draw() < _testFraction == isTest ? RowFilterDataView.Verdict.Keep : RowFilterDataView.Verdict.Skip;
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
