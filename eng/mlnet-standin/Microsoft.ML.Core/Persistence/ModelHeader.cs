using System.IO;
using System.Linq;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>The first bytes of every model stream: where its parts are and which class reads them.</summary>
internal struct ModelHeader
{
    /// <summary>"ML", a zero byte, "MODEL".</summary>
    private const ulong FileSignature = 0x4C45444F4D004C4D;
    private const ulong TailSignature = 0x4D4C004D4F44454C;
    private const uint FormatVersion = 0x00010001;
    private const int Size = 256;
    private const int LoaderSignatureBytes = 24;

    public uint VerWritten;
    public uint VerReadable;
    public long FpModel;
    public long CbModel;
    public long FpStringTable;
    public long CbStringTable;
    public ulong ModelSignature;
    public uint ModelVerWritten;
    public uint ModelVerReadable;
    public string LoaderSignature;
    public string LoaderSignatureAlt;
    public long FpAssemblyName;
    public long CbAssemblyName;
    public long FpTail;

    public static void BeginWrite(BinaryWriter writer, out long start, out ModelHeader header)
    {
        start = writer.BaseStream.Position;
        header = new() { VerWritten = FormatVersion, VerReadable = FormatVersion, FpModel = Size };
        writer.Write(new byte[Size]);
    }

    public void SetVersionInfo(VersionInfo version)
    {
        ModelSignature = version.ModelSignature;
        ModelVerWritten = version.VerWrittenCur;
        ModelVerReadable = version.VerReadableCur;
        LoaderSignature = version.LoaderSignature ?? "";
        LoaderSignatureAlt = version.LoaderSignatureAlt ?? "";
    }

    public void EndWrite(BinaryWriter writer, long start, string[] strings, string loaderAssemblyName)
    {
        CbModel = writer.BaseStream.Position - start - FpModel;
        FpStringTable = FpModel + CbModel;
        writer.Write(strings.Length);
        foreach (string text in strings)
            writer.Write(text);
        CbStringTable = writer.BaseStream.Position - start - FpStringTable;
        FpAssemblyName = FpStringTable + CbStringTable;
        writer.Write(Encoding.Unicode.GetBytes(loaderAssemblyName ?? ""));
        CbAssemblyName = writer.BaseStream.Position - start - FpAssemblyName;
        FpTail = FpAssemblyName + CbAssemblyName;
        writer.Write(TailSignature);
        long end = writer.BaseStream.Position;
        writer.BaseStream.Position = start;
        WriteFields(writer);
        writer.BaseStream.Position = end;
    }

    public static void BeginRead(BinaryReader reader, out long start, out ModelHeader header, out string[] strings, out string loaderAssemblyName)
    {
        var stream = reader.BaseStream;
        start = stream.Position;
        Check(stream.Length - start >= Size, "Wrong file type");
        header = ReadFields(reader);
        long length = stream.Length - start;
        Check(header.VerReadable <= FormatVersion, "Can't read file - too new");
        Check(
            header.FpModel == Size && header.CbModel >= 0 && header.FpStringTable == header.FpModel + header.CbModel && header.CbStringTable >= sizeof(int) &&
            header.FpAssemblyName == header.FpStringTable + header.CbStringTable && header.CbAssemblyName >= 0 &&
            header.FpTail == header.FpAssemblyName + header.CbAssemblyName && header.FpTail <= length - sizeof(ulong),
            "Corrupt model file header");

        stream.Position = start + header.FpTail;
        Check(reader.ReadUInt64() == TailSignature, "Corrupt model file tail");
        stream.Position = start + header.FpStringTable;
        int count = reader.ReadInt32();
        Check(count >= 0 && count <= header.CbStringTable, "Corrupt model file string table");
        strings = new string[count];
        for (int i = 0; i < count; i++)
            strings[i] = reader.ReadString();
        Check(stream.Position == start + header.FpAssemblyName, "Corrupt model file string table");
        loaderAssemblyName = Encoding.Unicode.GetString(reader.ReadBytes(checked((int)header.CbAssemblyName)));
        stream.Position = start + header.FpModel;
    }

    public void CheckVersionInfo(VersionInfo version)
    {
        Check(ModelSignature == version.ModelSignature, "Unknown file type");
        Check(ModelVerReadable <= ModelVerWritten, "Corrupt file header");
        if (ModelVerReadable > version.VerWrittenCur)
        {
            throw Contracts.ExceptDecode(
                $"ML.NET cannot read component '{version.LoaderSignature}' of the model, because the model is too new: " +
                $"maximum expected version {version.VerWrittenCur}, got {ModelVerReadable}.");
        }
        if (ModelVerWritten < version.VerWeCanReadBack)
        {
            throw Contracts.ExceptDecode(
                $"ML.NET cannot read component '{version.LoaderSignature}' of the model, because the model is too old: " +
                $"minimum expected version {version.VerWeCanReadBack}, got {ModelVerWritten}.");
        }
    }

    internal static void Check(bool holds, string message)
    {
        if (!holds)
            throw Contracts.ExceptDecode(message);
    }

    private readonly void WriteFields(BinaryWriter writer)
    {
        writer.Write(FileSignature);
        writer.Write(VerWritten);
        writer.Write(VerReadable);
        writer.Write(FpModel);
        writer.Write(CbModel);
        writer.Write(FpStringTable);
        writer.Write(CbStringTable);
        writer.Write(ModelSignature);
        writer.Write(ModelVerWritten);
        writer.Write(ModelVerReadable);
        writer.Write(Padded(LoaderSignature));
        writer.Write(Padded(LoaderSignatureAlt));
        writer.Write(FpAssemblyName);
        writer.Write(CbAssemblyName);
        writer.Write(FpTail);
    }

    private static ModelHeader ReadFields(BinaryReader reader)
    {
        Check(reader.ReadUInt64() == FileSignature, "Wrong file type");
        return new()
        {
            VerWritten = reader.ReadUInt32(),
            VerReadable = reader.ReadUInt32(),
            FpModel = reader.ReadInt64(),
            CbModel = reader.ReadInt64(),
            FpStringTable = reader.ReadInt64(),
            CbStringTable = reader.ReadInt64(),
            ModelSignature = reader.ReadUInt64(),
            ModelVerWritten = reader.ReadUInt32(),
            ModelVerReadable = reader.ReadUInt32(),
            LoaderSignature = Unpadded(reader.ReadBytes(LoaderSignatureBytes)),
            LoaderSignatureAlt = Unpadded(reader.ReadBytes(LoaderSignatureBytes)),
            FpAssemblyName = reader.ReadInt64(),
            CbAssemblyName = reader.ReadInt64(),
            FpTail = reader.ReadInt64(),
        };
    }

    private static byte[] Padded(string signature)
    {
        var bytes = new byte[LoaderSignatureBytes];
        Encoding.Latin1.GetBytes(signature ?? "", bytes);
        return bytes;
    }

    private static string Unpadded(byte[] bytes) => Encoding.Latin1.GetString(bytes.TakeWhile(b => b != 0).ToArray());
}
