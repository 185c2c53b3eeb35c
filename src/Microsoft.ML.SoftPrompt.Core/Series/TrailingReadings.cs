namespace Microsoft.ML.SoftPrompt;

/// <summary>What happens to the readings at the end of a group that fill no regular window.</summary>
public enum TrailingReadings
{
    /// <summary>Only the full windows at 0, stride, 2 · stride … are made; readings behind the last of them belong to none.</summary>
    Drop,

    /// <summary>
    /// One window more is made, moved back so that it ends with the group's last reading, unless a regular window already does. A group
    /// shorter than a window is taken whole, as one shorter window.
    /// </summary>
    MoveBack,
}
