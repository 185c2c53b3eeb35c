using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt.Anomaly;

/// <summary>The door for a column of tokens: its type carries the number of bins.</summary>
internal static class TokenColumn
{
    public const string Role = "token";
    public const string Expected = "a vector of key (UInt32)";
    public const string Advice = "Make it with Transforms.QuantizeSeries.";

    public static int GetBinCount(DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType { ItemType: KeyDataViewType key } || key.RawType != typeof(uint))
            throw SchemaErrors.WrongType(column.Name, Role, column.Type.ToString()!, Expected, Advice);
        if (key.Count is < BinSettings.MinimumBinCount or > Quantizer.MaximumTokenCount)
            throw SchemaErrors.WrongType(column.Name, Role, $"{column.Type}, a key of {key.Count} values", $"a key of {BinSettings.MinimumBinCount} to {Quantizer.MaximumTokenCount} bins", Advice);
        return (int)key.Count;
    }

    /// <summary>Values in every series; 0 where series differ in length.</summary>
    public static int GetLength(DataViewSchema.Column column) => ((VectorDataViewType)column.Type).Size;
}
