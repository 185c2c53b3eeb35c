using System.Diagnostics;
using System.Reflection;
using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Fuzzing;

/// <summary>A reader that is given damaged inputs: each is read or refused as the reader says, soon, and without memory beyond its size.</summary>
/// <param name="name">What is read, for messages.</param>
/// <param name="read">Reads an input.</param>
/// <param name="refusals">The exceptions with which an input may be refused.</param>
internal sealed class FuzzedReader(string name, Action<byte[]> read, params Type[] refusals)
{
    public const int OrdinaryCount = 2_000, LongCount = 100_000;

    private const string Memory = "/dev/shm";

    /// <summary>Inputs that warm up: what a process allocates once is nobody's input's fault.</summary>
    private const int WarmUp = 20;

    /// <summary>What other tests of the process may hold at the same time without its being taken for growth.</summary>
    private const long Growth = 256 << 20;

    /// <summary>Against hanging; inputs of a kilobyte are read in a millisecond.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30), s_longestOfAll = TimeSpan.FromMinutes(30);

    /// <summary>Makes a folder for inputs that are read from files, in memory where the system has such a place; the caller deletes it.</summary>
    public static string MakeFolder() =>
        Directory.Exists(Memory) ? Directory.CreateDirectory(Path.Combine(Memory, "softprompt-" + Path.GetRandomFileName())).FullName : Directory.CreateTempSubdirectory("softprompt-").FullName;

    /// <summary>Gets texts of which the message of a refusal has at least one: the file or part that was read.</summary>
    public string[] Names { get; init; } = [""];

    /// <summary>Gets the bytes that reading may allocate whatever the input's size: buffers.</summary>
    public long FixedBytes { get; init; } = 4 << 20;

    /// <summary>Gets the bytes that reading may allocate for each byte of the input.</summary>
    public long BytesOfAByte { get; init; } = 100;

    /// <summary>Gets what this thread has allocated beside managed memory.</summary>
    public Func<long> NativeBytes { get; init; } = () => 0;

    /// <summary>Reads that many inputs. A failure names the seed and the input's number, with which <paramref name="make"/> makes it again.</summary>
    public void Run(int count, int seed, Func<Random, byte[]> make)
    {
        int opened = 0;
        long before = 0;
        // One thread does it all, since what is allocated is counted by thread.
        Task all = Task.Factory.StartNew(() =>
        {
            for (int i = 0; i < count; i++)
            {
                if (i == count / 2)
                    before = GC.GetTotalMemory(forceFullCollection: false);
                opened += Try(make(new Random(seed * 1_000_003 + i)), $"input {i} of seed {seed}", countBytes: i >= WarmUp) ? 1 : 0;
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        all.WaitAsync(s_longestOfAll).GetAwaiter().GetResult();
        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(Growth, "{0}: nothing of a damaged input is kept", name);
        opened.Should().BeInRange(1, count - 1, "{0}: not every change is a damage, and most are", name);
    }

    /// <summary>Reads texts that a generator makes; a failure names FsCheck's seed and the smallest text that fails.</summary>
    public void Run(int count, Gen<string> texts) => Prop
        .ForAll(texts.ToArbitrary(), text =>
        {
            Try(System.Text.Encoding.UTF8.GetBytes(text), "a generated text", countBytes: false);
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(count));

    /// <summary>Whether an input is read; false where it is refused as it should be.</summary>
    private bool Try(byte[] input, string which, bool countBytes)
    {
        var watch = Stopwatch.StartNew();
        long allocated = GC.GetAllocatedBytesForCurrentThread() + NativeBytes();
        Exception? refusal = null;
        try
        {
            read(input);
        }
        catch (Exception fault)
        {
            refusal = fault;
        }
        allocated = GC.GetAllocatedBytesForCurrentThread() + NativeBytes() - allocated;
        while (refusal is TargetInvocationException { InnerException: { } inner })
            refusal = inner;
        if (refusal is not null && !(refusals.Contains(refusal.GetType()) && Names.Any(part => refusal.Message.Contains(part, StringComparison.Ordinal))))
            throw new InvalidOperationException($"{name}, {which}: {refusal.GetType()} is no refusal by name: {refusal.Message}\nThe input in base 64: {Convert.ToBase64String(input, 0, Math.Min(input.Length, 20_000))}", refusal);
        // No assertions of a library here: they take longer than many a reader.
        if (countBytes && allocated > FixedBytes + BytesOfAByte * input.Length)
            throw new InvalidOperationException($"{name}, {which}, has {input.Length} bytes and took {allocated}.");
        if (watch.Elapsed > s_longest)
            throw new InvalidOperationException($"{name}, {which}, took {watch.Elapsed}.");
        return refusal is null;
    }
}
