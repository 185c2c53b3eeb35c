namespace Microsoft.ML.SoftPrompt;

/// <summary>What happens to the readings at the end of a group, behind its last full window.</summary>
public enum TrailingReadings
{
    /// <summary>Only full windows are made; the readings behind the last of them belong to none.</summary>
    Drop,

    /// <summary>
    /// One window more is made, moved back so that it ends with the group's last reading, unless a full window already does. A group
    /// shorter than a window is taken whole, as one shorter window.
    /// </summary>
    MoveBack,

    /// <summary>The window that the group's end cuts short is made as it is, with the readings that there are, unless a full window already ends with the last one.</summary>
    Keep,
}
