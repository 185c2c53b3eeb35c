namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>Scales the gradients of all parameters together, so that their direction stays.</summary>
internal static class GradientClipping
{
    /// <summary>What PyTorch's <c>clip_grad_norm_</c> adds to the norm.</summary>
    private const double Epsilon = 1e-6;

    /// <summary>Multiplies the gradients with min(1, largest / (norm + 1e-6)), where the norm is the Euclidean one over all of them.</summary>
    public static void Clip(IEnumerable<AdamW> parameters, double largestNorm)
    {
        double factor = largestNorm / (Norm(parameters) + Epsilon);
        if (factor >= 1)
            return;
        foreach (AdamW parameter in parameters)
            for (int i = 0; i < parameter.Gradient.Length; i++)
                parameter.Gradient[i] *= factor;
    }

    private static double Norm(IEnumerable<AdamW> parameters) => Math.Sqrt(parameters.Sum(parameter => parameter.Gradient.Sum(g => g * g)));
}
