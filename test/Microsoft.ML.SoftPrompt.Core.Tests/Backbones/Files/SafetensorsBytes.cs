using System.Buffers.Binary;
using System.Text;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Writes safetensors files for tests, sound ones and others.</summary>
internal static class SafetensorsBytes
{
    /// <summary>A header as given, and that many zeros behind it.</summary>
    public static byte[] Raw(string header, int dataBytes, long? claimedHeader = null)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] file = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, claimedHeader ?? json.Length);
        json.CopyTo(file, 8);
        return file;
    }

    /// <summary>Tensors of singles, one behind another.</summary>
    public static byte[] Of(IEnumerable<(string Name, long[] Shape, float[] Values)> tensors)
    {
        List<string> entries = [];
        List<byte> data = [];
        foreach ((string name, long[] shape, float[] values) in tensors)
        {
            int start = data.Count;
            foreach (float value in values)
                data.AddRange(BitConverter.GetBytes(value));
            entries.Add($"\"{name}\":{{\"dtype\":\"F32\",\"shape\":[{string.Join(",", shape)}],\"data_offsets\":[{start},{data.Count}]}}");
        }
        byte[] file = Raw("{" + string.Join(",", entries) + "}", data.Count);
        data.CopyTo(file, file.Length - data.Count);
        return file;
    }

    /// <summary>All tensors of a file, as singles.</summary>
    public static List<(string Name, long[] Shape, float[] Values)> Load(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        List<(string, long[], float[])> tensors = [];
        foreach (WeightTensor tensor in file.Tensors.Values)
        {
            float[] values = new float[tensor.Count];
            file.Read(tensor, values);
            tensors.Add((tensor.Name, [.. tensor.Shape], values));
        }
        return tensors;
    }
}
