using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>Cuts series into what is judged: the full windows at every stride, as in training, or every reading.</summary>
internal static class JudgedItems
{
    public static IReadOnlyList<JudgedItem> Of(IReadOnlyList<ReadingSeries> series, TrainingSettings settings)
    {
        var items = new List<JudgedItem>();
        for (int index = 0; index < series.Count; index++)
        {
            ReadingSeries readings = series[index];
            float[] values = readings.Readings.Select(reading => reading.Value).ToArray();
            items.AddRange(settings.PointLabels ? Readings(index, readings, values) : Windows(index, readings, values, settings));
        }
        return items;
    }

    private static IEnumerable<JudgedItem> Windows(int index, ReadingSeries series, float[] values, TrainingSettings settings)
    {
        for (int start = 0; start + settings.Window <= values.Length; start += settings.Stride)
        {
            ReadOnlyMemory<float> window = values.AsMemory(start, settings.Window);
            bool isAnomaly = Enumerable.Range(start, settings.Window).Any(i => series.Readings[i].IsAnomaly);
            yield return new JudgedItem(index, series.Name, start, window, window, isAnomaly);
        }
    }

    private static IEnumerable<JudgedItem> Readings(int index, ReadingSeries series, float[] values)
    {
        int previous = 0;
        for (int i = 0; i < values.Length; i++)
        {
            // A missing reading makes no jump; the next one's is measured from the last reading that is there.
            ReadOnlyMemory<float> jump = float.IsNaN(values[i]) ? default : values.AsMemory(previous, i - previous + 1);
            yield return new JudgedItem(index, series.Name, i, values.AsMemory(i, 1), jump, series.Readings[i].IsAnomaly);
            if (!float.IsNaN(values[i]))
                previous = i;
        }
    }
}
