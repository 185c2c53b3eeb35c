using System;
using System.Linq.Expressions;
using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>Compiled access to the fields and properties of a user's class.</summary>
internal static class MemberAccess
{
    public static MemberInfo Find(Type type, string name) =>
        (MemberInfo)type.GetField(name, BindingFlags.Public | BindingFlags.Instance) ?? type.GetProperty(name, BindingFlags.Public | BindingFlags.Instance)
        ?? throw new InvalidOperationException($"No field or property '{name}' in type '{type.FullName}'");

    public static Type TypeOf(MemberInfo member) => member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;

    /// <summary>Whether the type holds a vector, and of what; text is never one.</summary>
    public static bool IsVector(Type type, out Type item)
    {
        bool isVector = type.IsArray || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(VBuffer<>));
        item = type.IsArray ? type.GetElementType() : isVector ? type.GetGenericArguments()[0] : type;
        return isVector;
    }

    public static Func<TRow, TMember> Getter<TRow, TMember>(MemberInfo member)
    {
        var row = Expression.Parameter(typeof(TRow));
        return Expression.Lambda<Func<TRow, TMember>>(Expression.MakeMemberAccess(row, member), row).Compile();
    }

    public static Action<TRow, TMember> Setter<TRow, TMember>(MemberInfo member)
    {
        var row = Expression.Parameter(typeof(TRow));
        var value = Expression.Parameter(typeof(TMember));
        return Expression.Lambda<Action<TRow, TMember>>(Expression.Assign(Expression.MakeMemberAccess(row, member), value), row, value).Compile();
    }

    /// <summary>Calls a generic method of this class's callers with types known at run time only.</summary>
    public static object CallGeneric(Type owner, string method, Type[] types, params object[] args) =>
        owner.GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
            .MakeGenericMethod(types)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, args, null);
}
