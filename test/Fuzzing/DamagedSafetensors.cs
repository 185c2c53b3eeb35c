using System.Buffers.Binary;

namespace Microsoft.ML.SoftPrompt.Fuzzing;

/// <summary>Changes a safetensors file, mostly in its header, whose length mostly goes along: else every such change would be the same fault.</summary>
internal static class DamagedSafetensors
{
    private const int LengthBytes = sizeof(ulong);

    public static byte[] Change(byte[] sound, Random random)
    {
        int header = (int)BinaryPrimitives.ReadUInt64LittleEndian(sound);
        if (random.Next(4) == 0)
            return Damage.Change(sound, random, LengthBytes + header);
        byte[] json = sound[LengthBytes..(LengthBytes + header)];
        json = random.Next(2) == 0 ? DamagedJson.Change(json, random) : Damage.Change(json, random);
        byte[] bytes = [.. new byte[LengthBytes], .. json, .. sound[(LengthBytes + header)..]];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)json.Length);
        // A number of the data itself, too: it may become one that is not finite.
        if (random.Next(8) == 0 && bytes.Length - json.Length >= LengthBytes + sizeof(float))
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(bytes.Length - sizeof(float)), random.Next(2) == 0 ? float.NaN : float.PositiveInfinity);
        return bytes;
    }
}
