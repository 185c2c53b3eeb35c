using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>Which members of a class are columns, under which names and types.</summary>
public sealed class SchemaDefinition : List<SchemaDefinition.Column>
{
    private SchemaDefinition()
    {
    }

    /// <summary>Reading values from members, writing values to them, or both.</summary>
    [Flags]
    public enum Direction
    {
        Read = 1,
        Write = 2,
        Both = Read | Write,
    }

    public Column this[string columnName]
    {
        get => this.FirstOrDefault(c => c.ColumnName == columnName)
            ?? throw new ArgumentOutOfRangeException(nameof(columnName), $"Column '{columnName}' is not in this schema definition.");
        set
        {
            if (value?.ColumnName != columnName)
                throw new ArgumentException($"Column name '{value?.ColumnName}' must be '{columnName}'.", nameof(value));
            int index = FindIndex(c => c.ColumnName == columnName);
            if (index < 0)
                Add(value);
            else
                this[index] = value;
        }
    }

    public static SchemaDefinition Create(Type userType, Direction direction = Direction.Both)
    {
        ArgumentNullException.ThrowIfNull(userType);
        var definition = new SchemaDefinition();
        foreach (var member in Members(userType, direction))
        {
            string name = member.GetCustomAttribute<ColumnNameAttribute>()?.Name ?? member.Name;
            if (definition.Any(c => c.ColumnName == name))
                throw new ArgumentException($"Duplicate column name '{name}' detected, this is disallowed", nameof(userType));
            definition.Add(new Column(member.Name, TypeOf(member)) { ColumnName = name });
        }
        return definition;
    }

    private static IEnumerable<MemberInfo> Members(Type userType, Direction direction) =>
        userType.GetFields(BindingFlags.Public | BindingFlags.Instance)
            .Where(f => direction == Direction.Read || !f.IsInitOnly)
            .Cast<MemberInfo>()
            .Concat(userType.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0 && (
                (direction.HasFlag(Direction.Read) && p.GetGetMethod() is not null) || (direction.HasFlag(Direction.Write) && p.GetSetMethod() is not null))))
            .Where(m => m.GetCustomAttribute<NoColumnAttribute>() is null);

    private static DataViewType TypeOf(MemberInfo member)
    {
        var memberType = MemberAccess.TypeOf(member);
        bool isVector = MemberAccess.IsVector(memberType, out var item);
        var itemType = item.ToPrimitiveType()
            ?? throw new ArgumentOutOfRangeException(nameof(member), $"Could not determine an IDataView type for member {member.Name}: {memberType} is not supported.");
        if (member.GetCustomAttribute<KeyTypeAttribute>() is { } key)
        {
            if (!KeyDataViewType.IsValidDataType(item))
                throw new ArgumentException($"Member {member.Name} marked with KeyType attribute, but does not appear to be a valid kind of data for a key type", nameof(member));
            itemType = new KeyDataViewType(item, key.Count ?? MaxOf(item));
        }
        var vector = member.GetCustomAttribute<VectorTypeAttribute>();
        if (vector is not null && !isVector)
            throw new ArgumentException($"Member {member.Name} marked with VectorType attribute, but does not appear to be a vector type", nameof(member));
        return !isVector ? itemType : new VectorDataViewType(itemType, vector?.Dims is { Length: > 0 } dims ? dims : [0]);
    }

    private static ulong MaxOf(Type item) =>
        item == typeof(byte) ? byte.MaxValue : item == typeof(ushort) ? ushort.MaxValue : item == typeof(uint) ? uint.MaxValue : ulong.MaxValue;

    /// <summary>A member as a column.</summary>
    public sealed class Column
    {
        private readonly DataViewSchema.Annotations.Builder _annotations = new();

        internal Column(string memberName, DataViewType type)
        {
            MemberName = memberName;
            ColumnType = type;
        }

        public string MemberName { get; }

        public string ColumnName { get; set; }

        public DataViewType ColumnType { get; set; }

        public DataViewSchema.Annotations Annotations => _annotations.ToAnnotations();

        public void AddAnnotation<T>(string kind, T value, DataViewType annotationType) =>
            _annotations.Add(kind, annotationType, (ValueGetter<T>)((ref T destination) => destination = value));

        internal void CopyAnnotations(DataViewSchema.Annotations annotations) => _annotations.Add(annotations, _ => true);
    }
}
