using System.Text.Json.Serialization;

namespace Microsoft.ML.SoftPrompt.Series;

/// <summary>What is learned of values, as it stands in a model file.</summary>
/// <param name="Minimum">Lower limit of the range.</param>
/// <param name="Maximum">Upper limit of the range.</param>
/// <param name="InnerEdges">The N − 1 edges between the bins where these stand at quantiles; null where the bins are equally wide.</param>
internal sealed record FittedRange(
    float Minimum,
    float Maximum,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float[]? InnerEdges = null)
{
    [JsonIgnore]
    public bool IsConstant => Minimum == Maximum;

    /// <summary>Whether the limits and edges are finite and in order.</summary>
    [JsonIgnore]
    public bool IsInOrder
    {
        get
        {
            float last = Minimum;
            foreach (float edge in (float[])[.. InnerEdges ?? [], Maximum])
            {
                // Written so that NaN is out of order.
                if (!(edge >= last))
                    return false;
                last = edge;
            }
            return float.IsFinite(Minimum) && float.IsFinite(Maximum);
        }
    }
}
