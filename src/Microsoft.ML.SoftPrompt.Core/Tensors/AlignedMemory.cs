using System.Runtime.InteropServices;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>Native memory on a cache line's boundary, zeroed, freed when nothing uses it any more.</summary>
internal sealed unsafe class AlignedMemory : SafeHandle
{
    /// <summary>A cache line, and the widest vector.</summary>
    private const int Alignment = 64;

    /// <summary>The thread's count of what it asked for.</summary>
    [ThreadStatic]
    private static long t_allocatedBytes;

    private static long s_allocatedBytes;

    public AlignedMemory(nint count)
        : base(0, ownsHandle: true)
    {
        Count = count;
        nuint bytes = checked((nuint)count * sizeof(float));
        SetHandle((nint)NativeMemory.AlignedAlloc(bytes, Alignment));
        NativeMemory.Clear((void*)handle, bytes);
        GC.AddMemoryPressure(Math.Max(1, (long)bytes));
        t_allocatedBytes += (long)bytes;
        Interlocked.Add(ref s_allocatedBytes, (long)bytes);
    }

    /// <summary>Gets the bytes that are allocated now.</summary>
    public static long AllocatedBytes => Interlocked.Read(ref s_allocatedBytes);

    /// <summary>Gets the bytes that this thread has asked for so far: for native memory what <see cref="GC.GetAllocatedBytesForCurrentThread"/> is for managed.</summary>
    public static long AllocatedBytesForCurrentThread => t_allocatedBytes;

    /// <summary>Gets how many singles it holds.</summary>
    public nint Count { get; }

    public override bool IsInvalid => handle == 0;

    /// <summary>Gets the first single; keep a lease while using it.</summary>
    public float* Pointer => (float*)handle;

    /// <summary>Keeps the memory from being freed until the lease is disposed.</summary>
    public Lease Use()
    {
        bool added = false;
        DangerousAddRef(ref added);
        return new Lease(this);
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        GC.RemoveMemoryPressure(Math.Max(1, (long)Count * sizeof(float)));
        Interlocked.Add(ref s_allocatedBytes, -(long)Count * sizeof(float));
        return true;
    }

    /// <summary>A reference counted on the memory.</summary>
    internal readonly ref struct Lease(AlignedMemory memory)
    {
        public void Dispose() => memory.DangerousRelease();
    }
}
