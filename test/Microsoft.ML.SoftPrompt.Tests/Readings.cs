using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.Tests;

/// <summary>A reading, as a user's class would have it.</summary>
public sealed class Reading
{
    public string Host { get; set; } = "";

    public DateTime Time { get; set; }

    public float Value { get; set; }

    public bool IsAnomaly { get; set; }

    public static Reading[] Series(string host, params float[] values) =>
        values.Select((value, i) => new Reading { Host = host, Time = new DateTime(2026, 1, 1).AddMinutes(5 * i), Value = value }).ToArray();
}

/// <summary>A window with a label a series.</summary>
public sealed class Window
{
    public float[] Series { get; set; } = [];

    public bool Label { get; set; }

    public string Host { get; set; } = "";

    public long Start { get; set; }
}

/// <summary>A window with a label a point.</summary>
public sealed class PointWindow
{
    public float[] Series { get; set; } = [];

    public bool[] Label { get; set; } = [];

    public long Start { get; set; }
}

/// <summary>What a prediction engine is given: no label.</summary>
public sealed class Query
{
    public string Host { get; set; } = "";

    public float[] Series { get; set; } = [];
}

/// <summary>What a model of labels a series answers.</summary>
public sealed class Answer
{
    public bool PredictedLabel { get; set; }

    public float Score { get; set; }

    public float Probability { get; set; }
}

/// <summary>What a model of labels a point answers.</summary>
public sealed class PointAnswer
{
    public bool[] PredictedLabel { get; set; } = [];

    public float[] Score { get; set; } = [];

    public float[] Probability { get; set; } = [];
}

/// <summary>Collects what a context logs.</summary>
internal static class Logs
{
    public static List<string> Collect(MLContext ml)
    {
        var messages = new List<string>();
        ml.Log += (_, e) =>
        {
            lock (messages)
                messages.Add(e.Message);
        };
        return messages;
    }
}
