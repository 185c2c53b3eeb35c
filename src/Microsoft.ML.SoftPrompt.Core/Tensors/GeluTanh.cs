using System.Runtime.CompilerServices;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>
/// ½ · x · (1 + tanh z) with z = √(2/π) · (x + 0.044715 · x³): GELU's approximation (Hendrycks and Gimpel, arXiv 1606.08415), which GPT-2 and
/// Gemma are trained with. Computed as x · σ(2z), which is the same and keeps its relative accuracy in the tail.
/// </summary>
internal readonly struct GeluTanh<TSimd, TVector> : IActivation<TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>2 · √(2/π), and that times 0.044715.</summary>
    private const float Linear = 1.59576912f, Cubic = 0.0713548163f;

    /// <inheritdoc/>
    /// <remarks>With s = σ(2z) the derivative is s + x · s · (1 − s) · (2z)′.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of(TVector x, out TVector slope)
    {
        TVector square = TSimd.Multiply(x, x);
        TVector share = Logistic<TSimd, TVector>.Of(TSimd.Multiply(x, TSimd.MultiplyAdd(square, TSimd.Create(Cubic), TSimd.Create(Linear))));
        TVector inner = TSimd.MultiplyAdd(square, TSimd.Create(3 * Cubic), TSimd.Create(Linear));
        TVector value = TSimd.Multiply(x, share);
        slope = TSimd.MultiplyAdd(TSimd.Multiply(value, TSimd.Subtract(TSimd.Create(1), share)), inner, share);
        return value;
    }
}
