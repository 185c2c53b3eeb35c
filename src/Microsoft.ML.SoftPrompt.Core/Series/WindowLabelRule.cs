namespace Microsoft.ML.SoftPrompt;

/// <summary>When a window is anomalous, given the labels of its readings.</summary>
public enum WindowLabelRule
{
    /// <summary>When any of its readings is.</summary>
    Any,

    /// <summary>When its last reading is: what a detector that looks back from now needs.</summary>
    Last,

    /// <summary>When the share of anomalous readings is at or above a threshold.</summary>
    Fraction,
}
