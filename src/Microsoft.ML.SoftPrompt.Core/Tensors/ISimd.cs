namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>
/// The vector operations that the kernels are written in, so that one text serves every width. Multiply-add is fused where the
/// processor can fuse; results may therefore differ between architectures, but never between two calls on one.
/// </summary>
internal unsafe interface ISimd<TVector>
    where TVector : struct
{
    /// <summary>Numbers in a vector.</summary>
    static abstract int Width { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(TVector value, float* destination);

    static abstract TVector Create(float value);

    static abstract TVector Add(TVector x, TVector y);

    static abstract TVector Subtract(TVector x, TVector y);

    static abstract TVector Multiply(TVector x, TVector y);

    static abstract TVector Divide(TVector x, TVector y);

    /// <summary>x · y + z.</summary>
    static abstract TVector MultiplyAdd(TVector x, TVector y, TVector z);

    /// <summary>The smaller of each pair; y where one of them is NaN on x86.</summary>
    static abstract TVector Min(TVector x, TVector y);

    /// <summary>The larger of each pair; y where one of them is NaN on x86.</summary>
    static abstract TVector Max(TVector x, TVector y);

    static abstract TVector Absolute(TVector x);

    /// <summary>The nearest whole number, ties to even.</summary>
    static abstract TVector Round(TVector x);

    /// <summary>x · 2ⁿ for whole n in −126 … 127.</summary>
    static abstract TVector Scale(TVector x, TVector n);

    /// <summary>y where x is negative, z elsewhere.</summary>
    static abstract TVector SelectNegative(TVector x, TVector y, TVector z);

    /// <summary>x in the first lanes, the filling in the others.</summary>
    static abstract TVector FirstLanes(TVector x, int count, float filling);

    static abstract float Sum(TVector x);

    static abstract float Largest(TVector x);

    /// <summary>x from a lane on, the filling in those before it.</summary>
    static abstract TVector FromLane(TVector x, int first, float filling);
}
