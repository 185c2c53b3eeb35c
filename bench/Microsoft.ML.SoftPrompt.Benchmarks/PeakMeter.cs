using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>What this machine can do in single precision: multiply-adds that never leave the registers, and the best matrix product.</summary>
internal static unsafe class PeakMeter
{
    /// <summary>Enough multiply-adds to hide the latency of one on any processor.</summary>
    private const int Chains = 16;

    private const int Rounds = 20_000_000;

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

    /// <summary>GFLOP/s of a product of the engine, [480, 384] · [384, 1536], each thread its own.</summary>
    public static double Product(int threads)
    {
        const int Rows = 480, Depth = 384, Columns = 1536, Repeats = 20;
        Kernels kernels = Kernels.Best;
        using AlignedMemory b = new(PackedMatrix.Size(Depth, Columns, kernels.PanelWidth));
        AlignedMemory[] a = [.. Enumerable.Range(0, threads).Select(_ => new AlignedMemory(Rows * Depth))];
        AlignedMemory[] c = [.. Enumerable.Range(0, threads).Select(_ => new AlignedMemory(Rows * kernels.Padded(Columns)))];
        PackedMatrix packed = new(b.Pointer, null, Depth, Columns);
        int next = -1;
        double milliseconds = Stopwatching.Median(9, () =>
        {
            next = -1;
            Parallel(threads, () =>
            {
                int thread = Interlocked.Increment(ref next);
                for (int i = 0; i < Repeats; i++)
                    kernels.Multiply(packed, a[thread].Pointer, Depth, 1, Rows, null, c[thread].Pointer, kernels.Padded(Columns));
            });
        });
        foreach (AlignedMemory memory in (AlignedMemory[])[.. a, .. c])
            memory.Dispose();
        return 2.0 * Rows * Depth * Columns * Repeats * threads / milliseconds / 1e6;
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
