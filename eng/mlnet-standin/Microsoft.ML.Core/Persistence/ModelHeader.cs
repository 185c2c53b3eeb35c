using System.IO;
using System.Linq;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>
/// The first bytes of every model stream: where its parts are and which class reads them. The fields lie where ML.NET 5.0.0 has them,
/// so that a model saved here loads there.
/// </summary>
internal struct ModelHeader
{
    /// <summary>"ML", a zero byte, "MODEL".</summary>
    private const ulong FileSignature = 0x4C45444F4D004C4D;
    private const ulong TailSignature = 0x4D4C004D4F44454C;
    private const uint FormatVersion = 0x00010002;
    private const int Size = 256;
    private const int LoaderSignatureBytes = 24;

    public uint VerWritten;
    public uint VerReadable;
    public long FpModel;
    public long CbModel;
    public long FpStringTable;
    public long CbStringTable;
    public long FpStringChars;
    public long CbStringChars;
    public ulong ModelSignature;
    public uint ModelVerWritten;
    public uint ModelVerReadable;
    public string LoaderSignature;
    public string LoaderSignatureAlt;
    public long FpTail;
    public long FpLim;
    public long FpAssemblyName;
    public uint CbAssemblyName;

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
        long Position() => writer.BaseStream.Position - start;

        CbModel = Position() - FpModel;
        if (strings.Length > 0)
        {
            // A table of where each string ends, in bytes, and behind it their characters.
            FpStringTable = Position();
            long end = 0;
            foreach (string text in strings)
                writer.Write(end += text.Length * sizeof(char));
            CbStringTable = strings.Length * sizeof(long);
            FpStringChars = Position();
            foreach (string text in strings)
                writer.Write(Encoding.Unicode.GetBytes(text));
            CbStringChars = end;
        }
        if (!string.IsNullOrEmpty(loaderAssemblyName))
        {
            FpAssemblyName = Position();
            CbAssemblyName = (uint)loaderAssemblyName.Length * sizeof(char);
            writer.Write(Encoding.Unicode.GetBytes(loaderAssemblyName));
        }
        FpTail = Position();
        writer.Write(TailSignature);
        FpLim = Position();
        writer.BaseStream.Position = start;
        WriteFields(writer);
        writer.BaseStream.Position = start + FpLim;
    }

    public static void BeginRead(BinaryReader reader, out long startOfHeader, out ModelHeader headerRead, out string[] strings, out string loaderAssemblyName)
    {
        var stream = reader.BaseStream;
        long start = startOfHeader = stream.Position;
        Check(stream.Length - start >= Size, "Wrong file type");
        var header = headerRead = ReadFields(reader);
        long length = stream.Length - start;
        Check(header.VerReadable <= FormatVersion, "Can't read file - too new");
        Check(
            header.FpModel == Size && header.FpLim <= length && header.FpTail == header.FpLim - sizeof(ulong) && header.CbStringTable % sizeof(long) == 0 &&
            Lies(header.FpModel, header.CbModel) && Lies(header.FpStringTable, header.CbStringTable) && Lies(header.FpStringChars, header.CbStringChars) &&
            Lies(header.FpAssemblyName, header.CbAssemblyName),
            "Corrupt model file header");
        bool Lies(long at, long count) => at >= 0 && count >= 0 && at <= header.FpTail - count;

        stream.Position = start + header.FpTail;
        Check(reader.ReadUInt64() == TailSignature, "Corrupt model file tail");
        stream.Position = start + header.FpStringTable;
        var ends = new long[header.CbStringTable / sizeof(long)];
        for (int i = 0; i < ends.Length; i++)
            ends[i] = reader.ReadInt64();
        string characters = ReadText(header.FpStringChars, header.CbStringChars);
        strings = new string[ends.Length];
        for (int i = 0; i < ends.Length; i++)
        {
            long begin = i == 0 ? 0 : ends[i - 1];
            Check(begin <= ends[i] && ends[i] <= header.CbStringChars && ends[i] % sizeof(char) == 0, "Corrupt model file string table");
            strings[i] = characters[(int)(begin / sizeof(char))..(int)(ends[i] / sizeof(char))];
        }
        loaderAssemblyName = ReadText(header.FpAssemblyName, header.CbAssemblyName);
        stream.Position = start + header.FpModel;

        string ReadText(long at, long count)
        {
            stream.Position = start + at;
            return Encoding.Unicode.GetString(reader.ReadBytes(checked((int)count)));
        }
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
        writer.Write(FpStringChars);
        writer.Write(CbStringChars);
        writer.Write(ModelSignature);
        writer.Write(ModelVerWritten);
        writer.Write(ModelVerReadable);
        writer.Write(Padded(LoaderSignature));
        writer.Write(Padded(LoaderSignatureAlt));
        writer.Write(FpTail);
        writer.Write(FpLim);
        writer.Write(FpAssemblyName);
        writer.Write(CbAssemblyName);
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
            FpStringChars = reader.ReadInt64(),
            CbStringChars = reader.ReadInt64(),
            ModelSignature = reader.ReadUInt64(),
            ModelVerWritten = reader.ReadUInt32(),
            ModelVerReadable = reader.ReadUInt32(),
            LoaderSignature = Unpadded(reader.ReadBytes(LoaderSignatureBytes)),
            LoaderSignatureAlt = Unpadded(reader.ReadBytes(LoaderSignatureBytes)),
            FpTail = reader.ReadInt64(),
            FpLim = reader.ReadInt64(),
            FpAssemblyName = reader.ReadInt64(),
            CbAssemblyName = reader.ReadUInt32(),
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
