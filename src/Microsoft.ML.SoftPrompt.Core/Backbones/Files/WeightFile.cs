namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Named tensors of a model, in one file or several. Read with ordinary reads, never mapped: a file cut short while it is open is an exception, not a crash.</summary>
internal abstract class WeightFile : IDisposable
{
    /// <summary>Gets the name for messages.</summary>
    public abstract string Name { get; }

    /// <summary>Gets the tensors by name.</summary>
    public abstract IReadOnlyDictionary<string, WeightTensor> Tensors { get; }

    /// <summary>The SHA-256 of all bytes, 64 lower-case hexadecimal digits.</summary>
    public abstract string Sha256();

    /// <summary>Reads a tensor of floating-point numbers, or a part of it, widened to singles.</summary>
    /// <param name="tensor">One of <see cref="Tensors"/>.</param>
    /// <param name="from">The first number to read; a multiple of the type's block.</param>
    /// <param name="destination">Room for the numbers to read; whole blocks.</param>
    /// <exception cref="InvalidDataException">It is of another type, or holds a number that is not finite, or the file ends early.</exception>
    public abstract void Read(WeightTensor tensor, long from, Span<float> destination);

    /// <summary>Reads bytes of a tensor as they lie in the file.</summary>
    /// <param name="tensor">One of <see cref="Tensors"/>.</param>
    /// <param name="from">The first byte to read.</param>
    /// <param name="destination">Room for the bytes to read.</param>
    public abstract void ReadRaw(WeightTensor tensor, long from, Span<byte> destination);

    /// <summary>Reads a whole tensor.</summary>
    public void Read(WeightTensor tensor, Span<float> destination)
    {
        if (tensor.Count != destination.Length)
            throw new ArgumentException($"Tensor '{tensor.Name}' has {tensor.Count} numbers, the destination {destination.Length}.", nameof(destination));
        Read(tensor, 0, destination);
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
