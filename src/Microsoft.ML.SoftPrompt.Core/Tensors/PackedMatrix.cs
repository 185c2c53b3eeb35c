namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>
/// A matrix [depth, columns] cut into panels of whole columns, each panel stored row by row, so that the product reads it front to back.
/// The last panel is filled up with zeros. The memory belongs to whoever packed it.
/// </summary>
internal readonly unsafe struct PackedMatrix(float* panels, float* bias, int depth, int columns)
{
    public readonly float* Panels = panels;

    /// <summary>One number a column, padded to whole panels; null where there is none.</summary>
    public readonly float* Bias = bias;

    public readonly int Depth = depth;

    public readonly int Columns = columns;

    /// <summary>Numbers that the panels take.</summary>
    public static nint Size(int depth, int columns, int panelWidth) => (nint)depth * Padded(columns, panelWidth);

    /// <summary>Columns rounded up to whole panels.</summary>
    public static int Padded(int columns, int panelWidth) => (columns + panelWidth - 1) / panelWidth * panelWidth;

    /// <summary>Packs the matrix whose element [k, j] is at k · row + j · column.</summary>
    public static PackedMatrix Pack(float* source, nint row, nint column, int depth, int columns, int panelWidth, float* panels, float* bias = null)
    {
        float* target = panels;
        for (int start = 0; start < columns; start += panelWidth)
        {
            int live = Math.Min(panelWidth, columns - start);
            float* from = source + start * column;
            for (int k = 0; k < depth; k++, target += panelWidth, from += row)
            {
                if (column == 1)
                    new ReadOnlySpan<float>(from, live).CopyTo(new Span<float>(target, live));
                else
                    for (int j = 0; j < live; j++)
                        target[j] = from[j * column];
                if (live < panelWidth)
                    new Span<float>(target + live, panelWidth - live).Clear();
            }
        }
        return new PackedMatrix(panels, bias, depth, columns);
    }

    /// <summary>Packs the transpose, [columns, depth], for the way back.</summary>
    public PackedMatrix PackTransposed(int panelWidth, float* panels)
    {
        float* target = panels;
        for (int start = 0; start < Depth; start += panelWidth)
        {
            int live = Math.Min(panelWidth, Depth - start);
            for (int j = 0; j < Columns; j++, target += panelWidth)
            {
                float* from = Panels + (nint)(j / panelWidth * panelWidth) * Depth + (nint)start * panelWidth + j % panelWidth;
                for (int k = 0; k < live; k++)
                    target[k] = from[k * panelWidth];
                if (live < panelWidth)
                    new Span<float>(target + live, panelWidth - live).Clear();
            }
        }
        return new PackedMatrix(panels, null, Columns, Depth);
    }
}
