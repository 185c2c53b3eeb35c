using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>
/// What this machine can do in single precision: multiply-adds that never leave the registers, the best matrix product found on it, and
/// the rate at which memory is read. Short, since they are measured again at every turn.
/// </summary>
internal static unsafe class PeakMeter
{
    /// <summary>Enough multiply-adds to hide the latency of one on any processor.</summary>
    private const int Chains = 16;

    private const int Rounds = 1_000_000;

    /// <summary>GFLOP/s of multiply-adds in registers.</summary>
    public static double Registers(int threads)
    {
        int width = Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;
        double milliseconds = Stopwatching.Median(5, () => Parallel(threads, () =>
        {
            if (width == 16)
                Chain<Simd512, Vector512<float>>();
            else if (width == 8)
                Chain<Simd256, Vector256<float>>();
            else
                Chain<Simd128, Vector128<float>>();
        }), warmUps: 1);
        return 2.0 * width * Chains * Rounds * threads / milliseconds / 1e6;
    }

    /// <summary>GFLOP/s of the product that runs fastest, [84, 384] · [384, 384], its operands in the caches next to the core; each thread has its own.</summary>
    public static double Product(int threads)
    {
        const int Rows = 84, Depth = 384, Columns = 384, Repeats = 60;
        Kernels kernels = Kernels.Best;
        int columns = kernels.Padded(Columns);
        AlignedMemory[] b = [.. Enumerable.Range(0, threads).Select(_ => new AlignedMemory(PackedMatrix.Size(Depth, Columns, kernels.PanelWidth)))];
        AlignedMemory[] a = [.. b.Select(_ => new AlignedMemory(Rows * Depth))], c = [.. b.Select(_ => new AlignedMemory(Rows * columns))];
        int next = -1;
        double milliseconds = Stopwatching.Median(5, () =>
        {
            next = -1;
            Parallel(threads, () =>
            {
                int thread = Interlocked.Increment(ref next);
                PackedMatrix packed = new(b[thread].Pointer, null, Depth, Columns);
                for (int i = 0; i < Repeats; i++)
                    kernels.Multiply(packed, a[thread].Pointer, Depth, 1, Rows, null, c[thread].Pointer, columns);
            });
        });
        foreach (AlignedMemory memory in (AlignedMemory[])[.. a, .. b, .. c])
            memory.Dispose();
        return 2.0 * Rows * Depth * Columns * Repeats * threads / milliseconds / 1e6;
    }

    /// <summary>GB/s at which an array of the size of MiniLM's matrices is read, its parts by different threads.</summary>
    public static double Bandwidth(int threads)
    {
        const int Count = 10_616_832;
        s_read ??= new float[Count];
        int next = -1;
        double milliseconds = Stopwatching.Median(5, () =>
        {
            next = -1;
            Parallel(threads, () =>
            {
                int thread = Interlocked.Increment(ref next);
                Sum(s_read.AsSpan(Count / threads * thread, Count / threads));
            });
        });
        return sizeof(float) * (double)Count / milliseconds / 1e6;
    }

    private static float[]? s_read;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Sum(ReadOnlySpan<float> values)
    {
        Vector512<float> a = default, b = default, c = default, d = default;
        ref float first = ref System.Runtime.InteropServices.MemoryMarshal.GetReference(values);
        for (int i = 0; i <= values.Length - 64; i += 64)
        {
            a += Vector512.LoadUnsafe(ref first, (nuint)i);
            b += Vector512.LoadUnsafe(ref first, (nuint)i + 16);
            c += Vector512.LoadUnsafe(ref first, (nuint)i + 32);
            d += Vector512.LoadUnsafe(ref first, (nuint)i + 48);
        }
        return Vector512.Sum(a + b + c + d);
    }

    private static void Parallel(int threads, Action action)
    {
        Thread[] others = [.. Enumerable.Range(1, threads - 1).Select(_ => new Thread(() => action()))];
        foreach (Thread other in others)
            other.Start();
        action();
        foreach (Thread other in others)
            other.Join();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Chain<TSimd, TVector>()
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector x = TSimd.Create(0.999f), y = TSimd.Create(0.001f);
        TVector a0 = y, a1 = y, a2 = y, a3 = y, a4 = y, a5 = y, a6 = y, a7 = y, a8 = y, a9 = y, a10 = y, a11 = y, a12 = y, a13 = y, a14 = y, a15 = y;
        for (int i = 0; i < Rounds; i++)
        {
            a0 = TSimd.MultiplyAdd(a0, x, y);
            a1 = TSimd.MultiplyAdd(a1, x, y);
            a2 = TSimd.MultiplyAdd(a2, x, y);
            a3 = TSimd.MultiplyAdd(a3, x, y);
            a4 = TSimd.MultiplyAdd(a4, x, y);
            a5 = TSimd.MultiplyAdd(a5, x, y);
            a6 = TSimd.MultiplyAdd(a6, x, y);
            a7 = TSimd.MultiplyAdd(a7, x, y);
            a8 = TSimd.MultiplyAdd(a8, x, y);
            a9 = TSimd.MultiplyAdd(a9, x, y);
            a10 = TSimd.MultiplyAdd(a10, x, y);
            a11 = TSimd.MultiplyAdd(a11, x, y);
            a12 = TSimd.MultiplyAdd(a12, x, y);
            a13 = TSimd.MultiplyAdd(a13, x, y);
            a14 = TSimd.MultiplyAdd(a14, x, y);
            a15 = TSimd.MultiplyAdd(a15, x, y);
        }
        TVector sum = TSimd.Add(TSimd.Add(TSimd.Add(a0, a1), TSimd.Add(a2, a3)), TSimd.Add(TSimd.Add(a4, a5), TSimd.Add(a6, a7)));
        sum = TSimd.Add(sum, TSimd.Add(TSimd.Add(TSimd.Add(a8, a9), TSimd.Add(a10, a11)), TSimd.Add(TSimd.Add(a12, a13), TSimd.Add(a14, a15))));
        return TSimd.Sum(sum);
    }
}
