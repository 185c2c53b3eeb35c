using Microsoft.ML.SoftPrompt.AspNetCore.Models;
using Microsoft.ML.SoftPrompt.Streaming;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Http;

/// <summary>The scores of a series' windows, and what they say of its readings: the same as `softprompt score` writes.</summary>
internal sealed class SeriesScores
{
    private readonly SoftPromptModelParameters _model;
    private readonly int[] _starts;
    private readonly int _length;
    private readonly WindowScores[] _windows;
    private readonly float[] _readings;

    /// <param name="model">The model that scored them.</param>
    /// <param name="count">Values in the series.</param>
    /// <param name="windows">The scores at the places that <see cref="ServedModel.WindowStarts"/> gives.</param>
    public SeriesScores(ServedModel model, int count, WindowScores[] windows)
    {
        (_model, _windows, _starts, _length) = (model.Parameters, windows, model.WindowStarts(count), Math.Min(model.WindowSize, count));
        var sums = new double[count];
        var counts = new int[count];
        for (int window = 0; window < windows.Length; window++)
        {
            float[] scores = windows[window].Scores;
            for (int i = 0; i < _length; i++)
            {
                sums[_starts[window] + i] += scores[scores.Length == 1 ? 0 : i];
                counts[_starts[window] + i]++;
            }
        }
        _readings = sums.Zip(counts, (sum, held) => (float)(sum / held)).ToArray();
    }

    public WindowAnswer[] Windows() => _windows.Select((window, i) =>
    {
        float score = window.Scores.Max();
        return new WindowAnswer(_starts[i], _length, score, Probability(score), score > _model.ScoreThreshold);
    }).ToArray();

    public StretchAnswer[] Found()
    {
        var found = new List<StretchAnswer>();
        for (int start = 0; start < _readings.Length; start++)
        {
            int end = start;
            while (end < _readings.Length && _readings[end] > _model.ScoreThreshold)
                end++;
            if (end == start)
                continue;
            float highest = _readings[start..end].Max();
            found.Add(new StretchAnswer(start, end - start, highest, Probability(highest)));
            start = end;
        }
        return found.ToArray();
    }

    public ReadingsAnswer Readings() => new(_readings, Array.ConvertAll(_readings, Probability));

    private float Probability(float score) => (float)_model.ToProbability(score);
}
