using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>
/// A matrix [depth, columns] cut into panels of whole columns, each panel stored row by row, so that the product reads it front to back.
/// The last panel is filled up with zeros. The memory belongs to whoever packed it.
/// </summary>
internal readonly unsafe struct PackedMatrix(float* panels, float* bias, int depth, int columns, WeightPrecision precision = WeightPrecision.Full)
{
    /// <summary>The panels; singles, or what <see cref="Precision"/> says.</summary>
    public readonly float* Panels = panels;

    /// <summary>One number a column, padded to whole panels; null where there is none.</summary>
    public readonly float* Bias = bias;

    public readonly int Depth = depth;

    public readonly int Columns = columns;

    public readonly WeightPrecision Precision = precision;

    /// <summary>Singles that the panels take.</summary>
    public static nint Size(int depth, int columns, int panelWidth, WeightPrecision precision = WeightPrecision.Full) =>
        Padded(columns, panelWidth) / panelWidth * NarrowPanel.Size(depth, panelWidth, precision);

    /// <summary>Columns rounded up to whole panels.</summary>
    public static int Padded(int columns, int panelWidth) => (columns + panelWidth - 1) / panelWidth * panelWidth;

    /// <summary>Some whole panels of this matrix.</summary>
    /// <param name="from">The first column, a multiple of the panel's width.</param>
    /// <param name="count">Columns.</param>
    /// <param name="panelWidth">Columns of a panel.</param>
    public PackedMatrix Part(int from, int count, int panelWidth) =>
        new(Panels + from / panelWidth * NarrowPanel.Size(Depth, panelWidth, Precision), Bias == null ? null : Bias + from, Depth, count, Precision);

    /// <summary>Packs the matrix whose element [k, j] is at k · row + j · column.</summary>
    public static PackedMatrix Pack(
        float* source, nint row, nint column, int depth, int columns, int panelWidth, float* panels, float* bias = null, WeightPrecision precision = WeightPrecision.Full)
    {
        float* narrowed = precision == WeightPrecision.Full ? null : (float*)NativeMemory.Alloc((nuint)depth * (nuint)panelWidth, sizeof(float));
        float* target = panels;
        for (int start = 0; start < columns; start += panelWidth, target += NarrowPanel.Size(depth, panelWidth, precision))
        {
            PackPanel(source + start * column, row, column, depth, Math.Min(panelWidth, columns - start), panelWidth, narrowed == null ? target : narrowed);
            if (narrowed != null)
                NarrowPanel.Narrow(narrowed, depth, panelWidth, precision, target);
        }
        NativeMemory.Free(narrowed);
        return new PackedMatrix(panels, bias, depth, columns, precision);
    }

    /// <summary>Packs the transpose, [columns, depth], for the way back.</summary>
    /// <param name="panelWidth">Columns of a panel.</param>
    /// <param name="panels">Receives the transpose's <see cref="Size"/>.</param>
    /// <param name="precision">How the transpose is kept.</param>
    public PackedMatrix PackTransposed(int panelWidth, float* panels, WeightPrecision precision = WeightPrecision.Full)
    {
        // A panel of the transpose takes some rows of every panel of this: widened, they are its columns.
        float* rows = (float*)NativeMemory.Alloc((nuint)(Padded(Columns, panelWidth) + panelWidth) * (nuint)NarrowPanel.BlockDepth, sizeof(float));
        float* transposed = (float*)NativeMemory.Alloc((nuint)Columns * (nuint)panelWidth, sizeof(float));
        nint size = NarrowPanel.Size(Depth, panelWidth, Precision);
        float* target = panels;
        for (int start = 0; start < Depth; start += panelWidth, target += NarrowPanel.Size(Columns, panelWidth, precision))
        {
            int live = Math.Min(panelWidth, Depth - start), aligned = start / NarrowPanel.BlockDepth * NarrowPanel.BlockDepth;
            float* result = precision == WeightPrecision.Full ? target : transposed;
            for (int column = 0; column < Columns; column += panelWidth)
            {
                float* panel = Panels + column / panelWidth * size;
                if (Precision != WeightPrecision.Full)
                {
                    NarrowPanel.Widen(panel, panelWidth, Precision, aligned, start + live - aligned, rows);
                    panel = rows;
                }
                float* from = panel + (nint)(start - (Precision == WeightPrecision.Full ? 0 : aligned)) * panelWidth;
                PackPanel(from, 1, panelWidth, Math.Min(panelWidth, Columns - column), live, panelWidth, result + (nint)column * panelWidth);
            }
            if (result == transposed)
                NarrowPanel.Narrow(transposed, Columns, panelWidth, precision, target);
        }
        NativeMemory.Free(rows);
        NativeMemory.Free(transposed);
        return new PackedMatrix(panels, null, Columns, Depth, precision);
    }

    /// <summary>Stores [depth, live] row by row, each filled up with zeros to the panel's width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackPanel(float* source, nint row, nint column, int depth, int live, int panelWidth, float* target)
    {
        for (int k = 0; k < depth; k++, target += panelWidth, source += row)
        {
            if (column == 1)
                new ReadOnlySpan<float>(source, live).CopyTo(new Span<float>(target, live));
            else
                for (int j = 0; j < live; j++)
                    target[j] = source[j * column];
            if (live < panelWidth)
                new Span<float>(target + live, panelWidth - live).Clear();
        }
    }
}
