using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>
/// A panel of a <see cref="PackedMatrix"/> in less than single precision: bfloat16, or whole numbers of 8 bits in blocks of
/// <see cref="BlockDepth"/> rows, each block beginning with a scale for every column.
/// </summary>
internal static unsafe class NarrowPanel
{
    /// <summary>Rows that share their columns' scales.</summary>
    public const int BlockDepth = 32;

    private const int LargestByte = 127;

    /// <summary>Singles that a panel takes, whole cache lines.</summary>
    public static nint Size(int depth, int width, WeightPrecision precision)
    {
        const int Line = 16;
        nint singles = precision switch
        {
            WeightPrecision.BFloat16 => ((nint)depth * width + 1) / 2,
            WeightPrecision.EightBit => (nint)((depth + BlockDepth - 1) / BlockDepth) * BlockSingles(width),
            _ => (nint)depth * width,
        };
        return precision == WeightPrecision.Full ? singles : (singles + Line - 1) / Line * Line;
    }

    /// <summary>Narrows a panel.</summary>
    /// <param name="source">[depth, width].</param>
    /// <param name="depth">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="precision">Not single.</param>
    /// <param name="panel">Receives <see cref="Size"/> singles.</param>
    public static void Narrow(float* source, int depth, int width, WeightPrecision precision, float* panel)
    {
        if (precision == WeightPrecision.BFloat16)
        {
            ushort* brain = (ushort*)panel;
            for (nint i = 0; i < (nint)depth * width; i++)
                brain[i] = HalfPrecision.NarrowBrain(source[i]);
            return;
        }
        for (int from = 0; from < depth; from += BlockDepth, panel += BlockSingles(width))
        {
            int rows = Math.Min(BlockDepth, depth - from);
            float* block = source + (nint)from * width;
            sbyte* bytes = (sbyte*)(panel + width);
            for (int j = 0; j < width; j++)
            {
                float largest = 0;
                for (int k = 0; k < rows; k++)
                    largest = Math.Max(largest, Math.Abs(block[k * width + j]));
                float scale = panel[j] = largest / LargestByte, inverse = largest > 0 ? LargestByte / largest : 0;
                for (int k = 0; k < rows; k++)
                    bytes[k * width + j] = (sbyte)MathF.Round(Math.Clamp(block[k * width + j] * inverse, -LargestByte, LargestByte));
            }
        }
    }

    /// <summary>Widens rows of a panel to singles.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="width">Columns.</param>
    /// <param name="precision">Not single.</param>
    /// <param name="from">The first row; with 8 bits a multiple of <see cref="BlockDepth"/>.</param>
    /// <param name="count">Rows.</param>
    /// <param name="destination">[count, width].</param>
    public static void Widen(float* panel, int width, WeightPrecision precision, int from, int count, float* destination)
    {
        if (precision == WeightPrecision.BFloat16)
        {
            HalfPrecision.WidenBrain(new ReadOnlySpan<ushort>((ushort*)panel + (nint)from * width, count * width), new Span<float>(destination, count * width));
            return;
        }
        panel += from / BlockDepth * BlockSingles(width);
        for (int done = 0; done < count; done += BlockDepth, panel += BlockSingles(width), destination += BlockDepth * width)
            WidenBlock((sbyte*)(panel + width), panel, width, Math.Min(BlockDepth, count - done) * width, destination);
    }

    private static int BlockSingles(int width) => width + BlockDepth * width / sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WidenBlock(sbyte* bytes, float* scales, int width, int count, float* destination)
    {
        int i = 0;
        if (Avx512F.IsSupported && width % Vector512<float>.Count == 0)
        {
            for (; i < count; i += Vector512<float>.Count)
            {
                Vector512<float> numbers = Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(bytes + i)));
                (numbers * Vector512.Load(scales + i % width)).Store(destination + i);
            }
        }
        else if (width % Vector128<float>.Count == 0)
        {
            // Sixteen at a time; a row of scales may be shorter than that.
            for (; i <= count - Vector128<sbyte>.Count; i += Vector128<sbyte>.Count)
            {
                (Vector128<short> low, Vector128<short> high) = Vector128.Widen(Vector128.Load(bytes + i));
                (Vector128<int> a, Vector128<int> b) = Vector128.Widen(low);
                (Vector128<int> c, Vector128<int> d) = Vector128.Widen(high);
                Scaled(a, scales, width, i, destination);
                Scaled(b, scales, width, i + 4, destination);
                Scaled(c, scales, width, i + 8, destination);
                Scaled(d, scales, width, i + 12, destination);
            }
        }
        for (; i < count; i++)
            destination[i] = bytes[i] * scales[i % width];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scaled(Vector128<int> numbers, float* scales, int width, int at, float* destination) =>
        (Vector128.ConvertToSingle(numbers) * Vector128.Load(scales + at % width)).Store(destination + at);
}
