using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Anomaly;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Series;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Sweeping;

/// <summary>
/// Readings with labels: cut into windows for any trial, and what trials are compared by. Windows differ in length from trial to trial, and with
/// them in number and in how many are anomalous; the readings are the same for all.
/// </summary>
internal sealed class LabeledReadings
{
    public const string Series = "Series", Label = "Label";

    private readonly MLContext _ml;
    private readonly IDataView _view;
    private readonly SoftPromptSweep.Options _options;
    private readonly Dictionary<string, List<bool>> _labels = new(StringComparer.Ordinal); // by group, in order

    /// <summary>Reads the readings once and checks them.</summary>
    /// <exception cref="InvalidOperationException">There are none, a value is infinite, a label is neither 0 nor 1, or the order goes back.</exception>
    public LabeledReadings(MLContext ml, IDataView view, SoftPromptSweep.Options options)
    {
        (_ml, _view, _options) = (ml, view, options);
        // The door of WindowSeries: columns, order, values, labels.
        ml.Data.WindowSeries(view, Cut(1, 1, TrailingReadings.Drop, labels: true));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Read(hash);
        Fingerprint = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>SHA-256 of groups, values and labels, in their order.</summary>
    public string Fingerprint { get; }

    public int Count => _labels.Values.Sum(labels => labels.Count);

    public int Anomalies => _labels.Values.Sum(labels => labels.Count(label => label));

    /// <summary>Full windows with their labels, as they train or choose a trial's epoch.</summary>
    public IDataView Windows(SweepValues values) => _ml.Data.WindowSeries(_view, Cut(values.WindowSize, values.StrideOrWindow, TrailingReadings.Drop, labels: true));

    /// <summary>Judges a model on every reading: its score is the mean logit of the windows that hold it, the last of which is moved back to end with its series.</summary>
    public BinaryMetrics Judge(ITransformer model, SweepValues values, double threshold, CancellationToken cancellation)
    {
        // A longer stride would leave readings out.
        IDataView windows = _ml.Data.WindowSeries(_view, Cut(values.WindowSize, Math.Min(values.StrideOrWindow, values.WindowSize), TrailingReadings.MoveBack, labels: false));
        Dictionary<string, Means> means = _labels.ToDictionary(group => group.Key, group => new Means(group.Value.Count), StringComparer.Ordinal);
        IDataView scored = model.Transform(windows);
        DataViewSchema.Column scores = scored.Schema[ScoreColumns.Score], start = scored.Schema[WindowStart.ColumnName];
        DataViewSchema.Column? group = _options.GroupColumnName is { } name ? scored.Schema[name] : null;
        using DataViewRowCursor cursor = scored.GetRowCursor(new[] { scores, start, group }.OfType<DataViewSchema.Column>());
        GroupColumn? groups = group is { } column ? GroupColumn.Open(cursor, column) : null;
        ValueGetter<long> starts = cursor.GetGetter<long>(start);
        Func<ReadOnlyMemory<float>> logits = Logits(cursor, scores);
        long first = 0;
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            starts(ref first);
            means[groups is null ? "" : groups.Read().ToString()].Add((int)first, values.WindowSize, logits().Span);
        }
        return BinaryMetrics.Compute(means.Values.SelectMany(group => group.Values).ToArray(), _labels.Values.SelectMany(labels => labels).ToArray(), threshold);
    }

    private WindowSeriesOptions Cut(int size, int stride, TrailingReadings trailing, bool labels) => new()
    {
        OutputColumnName = Series,
        InputColumnName = _options.ValueColumnName,
        LabelColumnName = labels ? _options.LabelColumnName : null,
        OutputLabelColumnName = Label,
        PointLabels = labels && _options.PointLabels,
        GroupColumnName = _options.GroupColumnName,
        OrderColumnName = _options.OrderColumnName,
        WindowSize = size,
        Stride = stride,
        TrailingReadings = trailing,
    };

    private void Read(IncrementalHash hash)
    {
        DataViewSchema.Column value = _view.Schema[_options.ValueColumnName], label = _view.Schema[_options.LabelColumnName];
        DataViewSchema.Column? group = _options.GroupColumnName is { } name ? _view.Schema[name] : null;
        using DataViewRowCursor cursor = _view.GetRowCursor(new[] { value, label, group }.OfType<DataViewSchema.Column>());
        GroupColumn? groups = group is { } column ? GroupColumn.Open(cursor, column) : null;
        ValueGetter<float> values = cursor.GetGetter<float>(value);
        var labels = new LabelColumn(cursor, label);
        var read = new List<float>(1);
        var row = new byte[9]; // the group's number, the value, the label
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        float reading = 0;
        while (cursor.MoveNext())
        {
            string key = groups is null ? "" : groups.Read().ToString();
            if (!_labels.TryGetValue(key, out List<bool>? ofGroup))
            {
                _labels.Add(key, ofGroup = []);
                numbers.Add(key, numbers.Count);
                hash.AppendData(Encoding.UTF8.GetBytes($"{key}\n"));
            }
            values(ref reading);
            read.Clear();
            labels.Read(read);
            ofGroup.Add(read[0] > 0);
            BinaryPrimitives.WriteInt32LittleEndian(row, numbers[key]);
            BinaryPrimitives.WriteSingleLittleEndian(row.AsSpan(4), float.IsNaN(reading) ? float.NaN : reading);
            row[8] = (byte)(read[0] > 0 ? 1 : 0);
            hash.AppendData(row);
        }
    }

    private static Func<ReadOnlyMemory<float>> Logits(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType)
        {
            var reader = new VectorReader<float>(row, column);
            return () => reader.Read().ToArray();
        }
        ValueGetter<float> getter = row.GetGetter<float>(column);
        var score = new float[1];
        return () =>
        {
            getter(ref score[0]);
            return score;
        };
    }

    /// <summary>The mean of the scores of a group's readings.</summary>
    private sealed class Means(int count)
    {
        private readonly int[] _windows = new int[count];

        public double[] Values { get; } = new double[count];

        /// <summary>Adds a window's scores: one for all its readings, or one for each.</summary>
        public void Add(int start, int size, ReadOnlySpan<float> scores)
        {
            for (int i = start; i < Math.Min(start + size, Values.Length); i++)
                Values[i] += (scores[scores.Length == 1 ? 0 : i - start] - Values[i]) / ++_windows[i];
        }
    }
}
