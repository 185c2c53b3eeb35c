using System.Runtime.Intrinsics;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>The kernels at one vector width. A model is opened with one of them, because the width decides how its weights are packed.</summary>
/// <remarks>Rows of activations are padded to whole panels (<see cref="Padded"/>). Kernels may write the padding and never rely on it.</remarks>
internal abstract unsafe class Kernels
{
    /// <summary>Gets the widest that this processor runs in hardware.</summary>
    public static Kernels Best { get; } = Supported()[0];

    /// <summary>Gets the columns of a panel.</summary>
    public abstract int PanelWidth { get; }

    /// <summary>All that this processor runs in hardware, the widest first, and the scalar ones.</summary>
    public static IReadOnlyList<Kernels> Supported()
    {
        List<Kernels> all = [];
        if (Vector512.IsHardwareAccelerated)
            all.Add(new Kernels<Simd512, Vector512<float>>());
        if (Vector256.IsHardwareAccelerated)
            all.Add(new Kernels<Simd256, Vector256<float>>());
        if (Vector128.IsHardwareAccelerated)
            all.Add(new Kernels<Simd128, Vector128<float>>());
        all.Add(new Kernels<SimdScalar, float>());
        return all;
    }

    /// <summary>Numbers from one row of activations to the next.</summary>
    public int Padded(int columns) => PackedMatrix.Padded(columns, PanelWidth);

    /// <inheritdoc cref="MatrixProduct{TSimd, TVector}.Run"/>
    public abstract void Multiply(in PackedMatrix b, float* a, nint row, nint step, int rows, float* addend, float* c, nint stride);

    /// <inheritdoc cref="LayerNorm{TSimd, TVector}.Forward"/>
    public abstract void LayerNorm(
        float* x, int rows, int width, nint stride, float* gamma, float* beta, float epsilon, float* y, float* normalised, float* inverse);

    /// <inheritdoc cref="LayerNorm{TSimd, TVector}.Backward"/>
    public abstract void LayerNormBackward(float* dy, int rows, int width, nint stride, float* gamma, float* normalised, float* inverse);

    /// <inheritdoc cref="RmsNorm{TSimd, TVector}.Forward"/>
    public abstract void RmsNorm(float* x, int rows, int width, nint stride, float* gamma, float epsilon, float* y, float* normalised, float* inverse);

    /// <inheritdoc cref="RmsNorm{TSimd, TVector}.Backward"/>
    public abstract void RmsNormBackward(float* dy, int rows, int width, nint stride, float* gamma, float* normalised, float* inverse);

    /// <inheritdoc cref="Rotary{TSimd, TVector}.Turn"/>
    public abstract void Rotate(float* x, int rows, int heads, int headSize, nint stride, int* positions, float* turns, bool back);

    /// <inheritdoc cref="Softmax{TSimd, TVector}.Forward"/>
    public abstract void Softmax(float* s, int rows, int columns, int first, int end, nint stride, float scale);

    /// <inheritdoc cref="Softmax{TSimd, TVector}.Backward"/>
    public abstract void SoftmaxBackward(float* p, float* dp, int rows, int columns, nint stride, float scale);

    /// <inheritdoc cref="SoftCap{TSimd, TVector}.Forward"/>
    public abstract void SoftCap(float* x, nint count, float scale, float cap, float* slope);

    /// <inheritdoc cref="Activations{TSimd, TVector, TFunction}.Forward"/>
    public abstract void Activate(Activation function, float* x, nint count, float* slope);

    /// <inheritdoc cref="Activations{TSimd, TVector, TFunction}.Gate"/>
    public abstract void ActivateGate(Activation function, float* gate, float* up, nint count, float* slope);

    /// <inheritdoc cref="LstmCell{TSimd, TVector}.Forward"/>
    public abstract void LstmCell(float* gates, float* previousCell, float* cell, float* cellTanh, float* hidden, int rows, int width);

    /// <inheritdoc cref="LstmCell{TSimd, TVector}.Backward"/>
    public abstract void LstmCellBackward(float* gates, float* previousCell, float* cellTanh, float* hiddenGradient, float* cellGradient, int rows, int width);

    /// <inheritdoc cref="Elementwise{TSimd, TVector}.Multiply"/>
    public abstract void Multiply(float* x, float* y, float* z, nint count);

    /// <summary>x[i] ← x[i] · y[i]; the count is a multiple of the vector's width.</summary>
    public void MultiplyBy(float* x, float* y, nint count) => Multiply(x, y, x, count);

    /// <inheritdoc cref="Elementwise{TSimd, TVector}.Add"/>
    public abstract void Add(float* x, float* y, nint count);
}

/// <summary>The kernels compiled for one vector type.</summary>
internal sealed unsafe class Kernels<TSimd, TVector> : Kernels
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    public override int PanelWidth => MatrixProduct<TSimd, TVector>.PanelWidth;

    public override void Multiply(in PackedMatrix b, float* a, nint row, nint step, int rows, float* addend, float* c, nint stride) =>
        MatrixProduct<TSimd, TVector>.Run(b, a, row, step, rows, addend, c, stride);

    public override void LayerNorm(
        float* x, int rows, int width, nint stride, float* gamma, float* beta, float epsilon, float* y, float* normalised, float* inverse) =>
        LayerNorm<TSimd, TVector>.Forward(x, rows, width, stride, gamma, beta, epsilon, y, normalised, inverse);

    public override void LayerNormBackward(float* dy, int rows, int width, nint stride, float* gamma, float* normalised, float* inverse) =>
        LayerNorm<TSimd, TVector>.Backward(dy, rows, width, stride, gamma, normalised, inverse);

    public override void RmsNorm(float* x, int rows, int width, nint stride, float* gamma, float epsilon, float* y, float* normalised, float* inverse) =>
        RmsNorm<TSimd, TVector>.Forward(x, rows, width, stride, gamma, epsilon, y, normalised, inverse);

    public override void RmsNormBackward(float* dy, int rows, int width, nint stride, float* gamma, float* normalised, float* inverse) =>
        RmsNorm<TSimd, TVector>.Backward(dy, rows, width, stride, gamma, normalised, inverse);

    public override void Rotate(float* x, int rows, int heads, int headSize, nint stride, int* positions, float* turns, bool back) =>
        Rotary<TSimd, TVector>.Turn(x, rows, heads, headSize, stride, positions, turns, back);

    public override void Softmax(float* s, int rows, int columns, int first, int end, nint stride, float scale) =>
        Softmax<TSimd, TVector>.Forward(s, rows, columns, first, end, stride, scale);

    public override void SoftmaxBackward(float* p, float* dp, int rows, int columns, nint stride, float scale) =>
        Softmax<TSimd, TVector>.Backward(p, dp, rows, columns, stride, scale);

    public override void SoftCap(float* x, nint count, float scale, float cap, float* slope) => SoftCap<TSimd, TVector>.Forward(x, count, scale, cap, slope);

    public override void Activate(Activation function, float* x, nint count, float* slope)
    {
        switch (function)
        {
            case Activation.Gelu: Activations<TSimd, TVector, Gelu<TSimd, TVector>>.Forward(x, count, slope); break;
            case Activation.GeluTanh: Activations<TSimd, TVector, GeluTanh<TSimd, TVector>>.Forward(x, count, slope); break;
            case Activation.Silu: Activations<TSimd, TVector, Silu<TSimd, TVector>>.Forward(x, count, slope); break;
            default: throw new ArgumentOutOfRangeException(nameof(function));
        }
    }

    public override void ActivateGate(Activation function, float* gate, float* up, nint count, float* slope)
    {
        switch (function)
        {
            case Activation.Gelu: Activations<TSimd, TVector, Gelu<TSimd, TVector>>.Gate(gate, up, count, slope); break;
            case Activation.GeluTanh: Activations<TSimd, TVector, GeluTanh<TSimd, TVector>>.Gate(gate, up, count, slope); break;
            case Activation.Silu: Activations<TSimd, TVector, Silu<TSimd, TVector>>.Gate(gate, up, count, slope); break;
            default: throw new ArgumentOutOfRangeException(nameof(function));
        }
    }

    public override void LstmCell(float* gates, float* previousCell, float* cell, float* cellTanh, float* hidden, int rows, int width) =>
        LstmCell<TSimd, TVector>.Forward(gates, previousCell, cell, cellTanh, hidden, rows, width);

    public override void LstmCellBackward(float* gates, float* previousCell, float* cellTanh, float* hiddenGradient, float* cellGradient, int rows, int width) =>
        LstmCell<TSimd, TVector>.Backward(gates, previousCell, cellTanh, hiddenGradient, cellGradient, rows, width);

    public override void Multiply(float* x, float* y, float* z, nint count) => Elementwise<TSimd, TVector>.Multiply(x, y, z, count);

    public override void Add(float* x, float* y, nint count) => Elementwise<TSimd, TVector>.Add(x, y, count);

    public override string ToString() => typeof(TSimd).Name;
}
