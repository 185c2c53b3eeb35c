namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>Native rows for kernel tests, padded as the kernels want them; the padding is poisoned to show who relies on it.</summary>
internal sealed unsafe class Matrix : IDisposable
{
    private readonly AlignedMemory _memory;

    public Matrix(int rows, int columns, int stride, Func<int, int, float> value)
    {
        (Rows, Columns, Stride) = (rows, columns, stride);
        _memory = new AlignedMemory(Math.Max(1, (nint)rows * stride));
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < stride; j++)
                _memory.Pointer[(nint)i * stride + j] = j < columns ? value(i, j) : float.NaN;
    }

    public static Matrix Random(int rows, int columns, int stride, int seed, float scale = 1)
    {
        Random random = new(seed);
        return new Matrix(rows, columns, stride, (_, _) => (random.NextSingle() * 2 - 1) * scale);
    }

    public int Rows { get; }

    public int Columns { get; }

    public int Stride { get; }

    public float* Pointer => _memory.Pointer;

    public float this[int i, int j] => Pointer[(nint)i * Stride + j];

    public double[,] ToDoubles()
    {
        double[,] values = new double[Rows, Columns];
        for (int i = 0; i < Rows; i++)
            for (int j = 0; j < Columns; j++)
                values[i, j] = this[i, j];
        return values;
    }

    /// <summary>Largest difference from the expected values; infinite where a NaN came out.</summary>
    public double Difference(Func<int, int, double> expected)
    {
        double largest = 0;
        for (int i = 0; i < Rows; i++)
            for (int j = 0; j < Columns; j++)
                largest = double.IsNaN(this[i, j]) ? double.PositiveInfinity : Math.Max(largest, Math.Abs(this[i, j] - expected(i, j)));
        return largest;
    }

    public void Dispose() => _memory.Dispose();
}
