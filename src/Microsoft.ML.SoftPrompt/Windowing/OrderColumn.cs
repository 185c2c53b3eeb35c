using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt.Windowing;

/// <summary>Checks that the readings of each group are in the order of a column; equal values are in order.</summary>
internal abstract class OrderColumn
{
    private const string Role = "order";

    private static readonly Dictionary<Type, Func<DataViewRow, DataViewSchema.Column, bool, OrderColumn>> Openers = new()
    {
        [typeof(DateTime)] = (row, column, allowUnordered) => new Typed<DateTime>(row, column, allowUnordered),
        [typeof(DateTimeOffset)] = (row, column, allowUnordered) => new Typed<DateTimeOffset>(row, column, allowUnordered),
        [typeof(TimeSpan)] = (row, column, allowUnordered) => new Typed<TimeSpan>(row, column, allowUnordered),
        [typeof(int)] = (row, column, allowUnordered) => new Typed<int>(row, column, allowUnordered),
        [typeof(long)] = (row, column, allowUnordered) => new Typed<long>(row, column, allowUnordered),
        [typeof(float)] = (row, column, allowUnordered) => new Typed<float>(row, column, allowUnordered),
        [typeof(double)] = (row, column, allowUnordered) => new Typed<double>(row, column, allowUnordered),
    };

    /// <summary>Readings before which their group's reading stands later.</summary>
    public long BackwardCount { get; protected set; }

    /// <summary>The first row (from 0) that goes back; −1 where none does.</summary>
    public long FirstBackwardRow { get; protected set; } = -1;

    /// <summary>Reads the current row's value, of the given group.</summary>
    public abstract void Read(int group);

    public static DataViewSchema.Column Find(DataViewSchema schema, string name)
    {
        var column = SchemaErrors.Find(schema, name, Role);
        return Openers.ContainsKey(column.Type.RawType)
            ? column
            : throw SchemaErrors.WrongType(column, Role, "DateTime, DateTimeOffset, TimeSpan, Int32, Int64, Single or Double");
    }

    /// <param name="row">The row to read from.</param>
    /// <param name="column">The order column.</param>
    /// <param name="allowUnordered">Whether rows that go back are counted; else the first is refused.</param>
    public static OrderColumn Open(DataViewRow row, DataViewSchema.Column column, bool allowUnordered) =>
        Openers[column.Type.RawType](row, column, allowUnordered);

    private sealed class Typed<TOrder>(DataViewRow row, DataViewSchema.Column column, bool allowUnordered) : OrderColumn
        where TOrder : IComparable<TOrder>, IFormattable
    {
        private readonly ValueGetter<TOrder> _getter = row.GetGetter<TOrder>(column);
        private readonly List<TOrder> _last = [];
        private TOrder _value = default!;

        public override void Read(int group)
        {
            _getter(ref _value);
            if (_value is float.NaN or double.NaN)
                throw new InvalidOperationException($"The {Role} column '{column.Name}' holds NaN in row {row.Position} (from 0), which has no place in an order; expected a number. Fill it in, or leave the row out.");
            if (group == _last.Count)
                _last.Add(_value);
            else if (_value.CompareTo(_last[group]) < 0)
                NoteBackward(_last[group]);
            _last[group] = _value;
        }

        private void NoteBackward(TOrder last)
        {
            if (!allowUnordered)
                throw new InvalidOperationException($"The {Role} column '{column.Name}' goes back in row {row.Position} (from 0): {Text(_value)} comes after {Text(last)} in the same group. "
                    + $"Sort the readings of each group by it, or set {nameof(WindowSeriesOptions.AllowUnordered)} to take them as they come.");
            if (BackwardCount++ == 0)
                FirstBackwardRow = row.Position;
        }

        private static string Text(TOrder value) => value.ToString(value is DateTime or DateTimeOffset ? "O" : null, CultureInfo.InvariantCulture);
    }
}
