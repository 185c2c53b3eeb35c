using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt.Windowing;

/// <summary>Counts times that repeat or go back within their group.</summary>
internal abstract class TimeColumn
{
    public long Repeated { get; protected set; }

    public long Backward { get; protected set; }

    /// <summary>The first row (from 0) whose time repeats or goes back; −1 where none does.</summary>
    public long FirstRow { get; protected set; } = -1;

    /// <summary>Reads the current row's time, of the given group.</summary>
    public abstract void Read(int group);

    public static TimeColumn Open(DataViewRow row, DataViewSchema.Column column)
    {
        Type type = column.Type.RawType;
        return true switch
        {
            _ when type == typeof(DateTime) => new Typed<DateTime>(row, column),
            _ when type == typeof(DateTimeOffset) => new Typed<DateTimeOffset>(row, column),
            _ when type == typeof(TimeSpan) => new Typed<TimeSpan>(row, column),
            _ when type == typeof(int) => new Typed<int>(row, column),
            _ when type == typeof(long) => new Typed<long>(row, column),
            _ when type == typeof(float) => new Typed<float>(row, column),
            _ when type == typeof(double) => new Typed<double>(row, column),
            _ => throw SchemaErrors.WrongType(column.Name, "time", column.Type.ToString()!, "DateTime, DateTimeOffset, TimeSpan, Int32, Int64, Single or Double"),
        };
    }

    private sealed class Typed<TTime>(DataViewRow row, DataViewSchema.Column column) : TimeColumn
        where TTime : IComparable<TTime>
    {
        private readonly ValueGetter<TTime> _getter = row.GetGetter<TTime>(column);
        private readonly List<TTime> _last = [];
        private TTime _time = default!;

        public override void Read(int group)
        {
            _getter(ref _time);
            if (group == _last.Count)
            {
                _last.Add(_time);
                return;
            }
            int order = _time.CompareTo(_last[group]);
            if (order == 0)
                Repeated++;
            else if (order < 0)
                Backward++;
            if (order <= 0 && FirstRow < 0)
                FirstRow = row.Position;
            _last[group] = _time;
        }
    }
}
