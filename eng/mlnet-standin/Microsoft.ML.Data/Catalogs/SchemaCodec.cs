using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A schema in bytes: names, types, and annotations of scalar and vector values. The form is the stand-in's own.</summary>
internal static class SchemaCodec
{
    private const uint Magic = 0x31435353; // "SSC1"
    private const byte Vector = 100;
    private const byte Key = 101;

    private static readonly PrimitiveDataViewType[] _primitives =
    [
        BooleanDataViewType.Instance, TextDataViewType.Instance, DateTimeDataViewType.Instance, DateTimeOffsetDataViewType.Instance,
        TimeSpanDataViewType.Instance, RowIdDataViewType.Instance, NumberDataViewType.SByte, NumberDataViewType.Byte, NumberDataViewType.Int16,
        NumberDataViewType.UInt16, NumberDataViewType.Int32, NumberDataViewType.UInt32, NumberDataViewType.Int64, NumberDataViewType.UInt64,
        NumberDataViewType.Single, NumberDataViewType.Double,
    ];

    public static void Write(BinaryWriter writer, DataViewSchema schema)
    {
        writer.Write(Magic);
        writer.Write(schema.Count);
        foreach (var column in schema)
        {
            writer.Write(column.Name);
            WriteType(writer, column.Type);
            var texts = TextAnnotations(column).ToArray();
            writer.Write(texts.Length);
            foreach (var (kind, values) in texts)
            {
                writer.Write(kind);
                writer.Write(values.Length);
                foreach (string value in values)
                    writer.Write(value);
            }
        }
    }

    public static DataViewSchema Read(BinaryReader reader)
    {
        if (reader.BaseStream.Length < sizeof(uint) || reader.ReadUInt32() != Magic)
            throw Contracts.ExceptDecode("The model file's schema is not in the stand-in's form: it was saved by the real ML.NET, or damaged.");
        var builder = new DataViewSchema.Builder();
        for (int left = reader.ReadInt32(); left > 0; left--)
        {
            string name = reader.ReadString();
            var type = ReadType(reader);
            var annotations = new DataViewSchema.Annotations.Builder();
            for (int kinds = reader.ReadInt32(); kinds > 0; kinds--)
            {
                string kind = reader.ReadString();
                var values = new ReadOnlyMemory<char>[reader.ReadInt32()];
                for (int i = 0; i < values.Length; i++)
                    values[i] = reader.ReadString().AsMemory();
                annotations.Add(
                    kind, new VectorDataViewType(TextDataViewType.Instance, values.Length),
                    (ref VBuffer<ReadOnlyMemory<char>> value) => VBuffer<ReadOnlyMemory<char>>.Copy(values, 0, ref value, values.Length));
            }
            builder.AddColumn(name, type, annotations.ToAnnotations());
        }
        return builder.ToSchema();
    }

    // Slot names and key values, the annotations that users meet, are vectors of text; others are not kept.
    private static IEnumerable<(string Kind, string[] Values)> TextAnnotations(DataViewSchema.Column column) =>
        from annotation in column.Annotations.Schema
        where annotation.Type is VectorDataViewType { ItemType: TextDataViewType }
        select (annotation.Name, ValuesOf(column, annotation.Name));

    private static string[] ValuesOf(DataViewSchema.Column column, string kind)
    {
        VBuffer<ReadOnlyMemory<char>> values = default;
        column.Annotations.GetValue(kind, ref values);
        return [.. values.DenseValues().Select(v => v.ToString())];
    }

    private static void WriteType(BinaryWriter writer, DataViewType type)
    {
        switch (type)
        {
            case VectorDataViewType vector:
                writer.Write(Vector);
                writer.Write(vector.Dimensions.Length);
                foreach (int dimension in vector.Dimensions)
                    writer.Write(dimension);
                WriteType(writer, vector.ItemType);
                break;
            case KeyDataViewType key:
                writer.Write(Key);
                writer.Write(key.Count);
                WriteType(writer, key.RawType.ToNumberType());
                break;
            default:
                int at = Array.FindIndex(_primitives, p => p.Equals(type));
                if (at < 0)
                    throw new NotSupportedException($"A column of type '{type}' cannot be saved.");
                writer.Write((byte)at);
                break;
        }
    }

    private static DataViewType ReadType(BinaryReader reader)
    {
        byte code = reader.ReadByte();
        switch (code)
        {
            case Vector:
                var dimensions = new int[reader.ReadInt32()];
                for (int i = 0; i < dimensions.Length; i++)
                    dimensions[i] = reader.ReadInt32();
                return new VectorDataViewType((PrimitiveDataViewType)ReadType(reader), dimensions);
            case Key:
                ulong count = reader.ReadUInt64();
                return new KeyDataViewType(ReadType(reader).RawType, count);
            default:
                return code < _primitives.Length ? _primitives[code] : throw Contracts.ExceptDecode($"Corrupt model file: no type has the code {code}");
        }
    }
}
