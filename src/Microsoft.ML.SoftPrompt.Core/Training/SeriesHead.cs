namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>The linear head on the hidden states of one series (SPEAR, eq. (2)): z = w · h + b.</summary>
/// <remarks>Sums run in double and in one order, so that a logit depends on its series alone.</remarks>
internal static class SeriesHead
{
    /// <summary>Computes the logits of a series.</summary>
    /// <param name="hidden">[rows, d], the wanted positions of the series.</param>
    /// <param name="weight">[d].</param>
    /// <param name="bias">The bias.</param>
    /// <param name="labelKind">Whether the series or each of its rows has a logit.</param>
    /// <param name="pooling">What the logit of a series reads: each component's maximum over the rows, or else the rows' mean.</param>
    /// <param name="logits">One for the series, or as many as rows.</param>
    public static void Forward(ReadOnlySpan<float> hidden, ReadOnlySpan<float> weight, float bias, LabelKind labelKind, SoftPromptPooling pooling, Span<float> logits)
    {
        if (ReadsMaximum(labelKind, pooling))
        {
            logits[0] = (float)(DotMaximum(hidden, weight) + bias);
            return;
        }
        int rows = hidden.Length / weight.Length;
        double sum = 0;
        for (int r = 0; r < rows; r++)
        {
            double product = Dot(hidden.Slice(r * weight.Length, weight.Length), weight);
            if (labelKind == LabelKind.Point)
                logits[r] = (float)(product + bias);
            sum += product;
        }
        if (labelKind == LabelKind.Series)
            logits[0] = (float)(sum / rows + bias);
    }

    /// <summary>Takes the gradient at the logits back to the hidden states, and adds it to the head's.</summary>
    /// <param name="hidden">[rows, d].</param>
    /// <param name="weight">[d].</param>
    /// <param name="logitGradient">One, or as many as rows.</param>
    /// <param name="labelKind">Whether the series or each of its rows has a logit.</param>
    /// <param name="pooling">As for the way there. A component's gradient goes to the row with its maximum; of equal ones to the first.</param>
    /// <param name="hiddenGradient">[rows, d], overwritten.</param>
    /// <param name="weightGradient">[d], added to.</param>
    /// <param name="biasGradient">Added to.</param>
    public static void Backward(ReadOnlySpan<float> hidden, ReadOnlySpan<float> weight, ReadOnlySpan<double> logitGradient, LabelKind labelKind, SoftPromptPooling pooling,
        Span<float> hiddenGradient, Span<double> weightGradient, ref double biasGradient)
    {
        if (ReadsMaximum(labelKind, pooling))
            BackwardMaximum(hidden, weight, logitGradient[0], hiddenGradient, weightGradient);
        else
            BackwardRows(hidden, weight, logitGradient, labelKind, hiddenGradient, weightGradient);
        foreach (double gradient in logitGradient)
            biasGradient += gradient;
    }

    private static bool ReadsMaximum(LabelKind labelKind, SoftPromptPooling pooling) => labelKind == LabelKind.Series && pooling == SoftPromptPooling.Max;

    private static void BackwardRows(ReadOnlySpan<float> hidden, ReadOnlySpan<float> weight, ReadOnlySpan<double> logitGradient, LabelKind labelKind,
        Span<float> hiddenGradient, Span<double> weightGradient)
    {
        int rows = hidden.Length / weight.Length;
        for (int r = 0; r < rows; r++)
        {
            double gradient = labelKind == LabelKind.Point ? logitGradient[r] : logitGradient[0] / rows;
            ReadOnlySpan<float> row = hidden.Slice(r * weight.Length, weight.Length);
            Span<float> rowGradient = hiddenGradient.Slice(r * weight.Length, weight.Length);
            for (int i = 0; i < row.Length; i++)
            {
                rowGradient[i] = (float)(gradient * weight[i]);
                weightGradient[i] += gradient * row[i];
            }
        }
    }

    private static void BackwardMaximum(ReadOnlySpan<float> hidden, ReadOnlySpan<float> weight, double gradient, Span<float> hiddenGradient, Span<double> weightGradient)
    {
        hiddenGradient.Clear();
        for (int i = 0; i < weight.Length; i++)
        {
            int at = IndexOfMaximum(hidden, weight.Length, i);
            hiddenGradient[at] = (float)(gradient * weight[i]);
            weightGradient[i] += gradient * hidden[at];
        }
    }

    private static double DotMaximum(ReadOnlySpan<float> hidden, ReadOnlySpan<float> weight)
    {
        double sum = 0;
        for (int i = 0; i < weight.Length; i++)
            sum += (double)hidden[IndexOfMaximum(hidden, weight.Length, i)] * weight[i];
        return sum;
    }

    /// <summary>Where the first maximum of a component lies. A value that is no number wins, so that it is not passed over.</summary>
    private static int IndexOfMaximum(ReadOnlySpan<float> hidden, int width, int component)
    {
        int best = component;
        for (int at = component + width; at < hidden.Length; at += width)
            if (hidden[at] > hidden[best] || float.IsNaN(hidden[at]))
                best = at;
        return best;
    }

    private static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += (double)x[i] * y[i];
        return sum;
    }
}
