namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>Turns what Core says of its argument into what the user hears of his data.</summary>
internal static class DataFault
{
    public static InvalidOperationException From(ArgumentException fault, string where = "") =>
        new(where + fault.Message.Replace($" (Parameter '{fault.ParamName}')", "", StringComparison.Ordinal), fault);
}
