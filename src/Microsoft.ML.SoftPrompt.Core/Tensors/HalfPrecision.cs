using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>Sixteen-bit numbers to singles, exactly. Arithmetic is done in singles only; these are forms of storage.</summary>
internal static class HalfPrecision
{
    /// <summary>IEEE half precision. The exponent is moved into place and rebiased by an exact product with 2¹¹², which also takes care of subnormal numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        const float Rebias = 5.192296858534828e33f; // 2¹¹² = 2^(127 − 15)
        int i = 0;
        for (; i <= source.Length - Vector128<ushort>.Count; i += Vector128<ushort>.Count)
        {
            (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(source), (nuint)i));
            Widen(low, Rebias).StoreUnsafe(ref MemoryMarshal.GetReference(destination), (nuint)i);
            Widen(high, Rebias).StoreUnsafe(ref MemoryMarshal.GetReference(destination), (nuint)(i + Vector128<uint>.Count));
        }
        for (; i < source.Length; i++)
            destination[i] = (float)BitConverter.UInt16BitsToHalf(source[i]);
    }

    /// <summary>bfloat16: the upper half of a single.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WidenBrain(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        int i = 0;
        for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(source[i..]), out Vector<uint> low, out Vector<uint> high);
            Vector.AsVectorSingle(low << 16).CopyTo(destination[i..]);
            Vector.AsVectorSingle(high << 16).CopyTo(destination[(i + Vector<uint>.Count)..]);
        }
        for (; i < source.Length; i++)
            destination[i] = BitConverter.UInt32BitsToSingle((uint)source[i] << 16);
    }

    /// <summary>The nearest bfloat16 of a finite single, ties to even; beyond the largest, infinity.</summary>
    public static ushort NarrowBrain(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Widen(Vector128<uint> half, float rebias)
    {
        Vector128<uint> magnitude = half & Vector128.Create(0x7FFFu);
        Vector128<uint> sign = (half ^ magnitude) << 16;
        Vector128<uint> bits = ((magnitude << 13).AsSingle() * Vector128.Create(rebias)).AsUInt32();
        // The largest exponent means infinity or NaN in both formats.
        Vector128<uint> special = Vector128.GreaterThan(magnitude, Vector128.Create(0x7BFFu)) & Vector128.Create(0x7F800000u);
        return (bits | special | sign).AsSingle();
    }
}
