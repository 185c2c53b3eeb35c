using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Surface;

/// <summary>Writes types and members in the form of the listings in mlnet-api/: <c>ASSEMBLY | TYPE or TYPE.MEMBER | what it is</c>.</summary>
internal static class ApiLine
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static bool IsVisible(Type type)
    {
        for (Type? t = type; t is not null; t = t.DeclaringType)
        {
            if (!(t.IsPublic || t.IsNestedPublic || t.IsNestedFamily || t.IsNestedFamORAssem))
                return false;
        }

        return true;
    }

    /// <summary>The members that someone outside the assembly can name or override.</summary>
    public static IEnumerable<MemberInfo> VisibleMembers(Type type) => type.GetMembers(Declared).Where(member => !member.Name.Contains('<') && member switch
    {
        FieldInfo f => (f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly) && f.Name != "value__" && !IsDelegate(type),
        ConstructorInfo c => IsSeen(c) && !c.IsStatic && !IsDelegate(type),
        PropertyInfo p => IsSeen(p.GetMethod) || IsSeen(p.SetMethod),
        EventInfo e => IsSeen(e.AddMethod),
        MethodInfo m => IsSeen(m) && (!m.IsSpecialName || m.Name.StartsWith("op_", StringComparison.Ordinal)) && (!IsDelegate(type) || m.Name == "Invoke"),
        _ => false,
    });

    public static string Of(Type type, bool withInternalBases = false)
    {
        var bases = new List<string>();
        if (type.BaseType is { } b && b != typeof(object) && b != typeof(ValueType) && b != typeof(Enum) && !IsDelegate(type))
            bases.Add(NameOf(b));
        bases.AddRange(type.GetInterfaces().Where(i => withInternalBases || i.IsVisible).Select(NameOf).Order(StringComparer.Ordinal));
        return $"{Prefix(type)} | {(type.IsVisible ? "public " : "internal ")}{KindOf(type)}{Constraints(type.GetGenericArguments())}" +
            (bases.Count > 0 ? " : " + string.Join(", ", bases) : "");
    }

    public static string Of(MemberInfo member)
    {
        Type type = member.DeclaringType!;
        string prefix = Prefix(type);
        switch (member)
        {
            case FieldInfo f:
                string kind = f.IsLiteral ? "const " : f.IsStatic ? "static " : "";
                string value = type.IsEnum ? " = " + Convert.ToInt64(f.GetRawConstantValue(), CultureInfo.InvariantCulture) : "";
                return $"{prefix}.{f.Name} | {Access(f.IsPublic, f.IsFamily || f.IsFamilyOrAssembly, f.IsFamilyAndAssembly)}{kind}{(f.IsInitOnly ? "readonly " : "")}field {NameOf(f.FieldType)}{value}";
            case ConstructorInfo c:
                return $"{prefix}.ctor({Parameters(c)}) | {Access(c)}constructor";
            case PropertyInfo p:
                MethodInfo? get = IsSeen(p.GetMethod) ? p.GetMethod : null;
                MethodInfo? set = IsSeen(p.SetMethod) ? p.SetMethod : null;
                if (get is null && set is null)
                    (get, set) = (p.GetMethod, p.SetMethod);
                MethodInfo any = (get ?? set)!;
                string index = string.Join(", ", p.GetIndexParameters().Select(x => NameOf(x.ParameterType) + " " + x.Name));
                bool init = set is not null && set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
                return $"{prefix}.{p.Name}{(index.Length > 0 ? $"[{index}]" : "")} | {Access(any)}{Modifiers(any)}property {NameOf(p.PropertyType)} " +
                    $"{{{(get is null ? "" : " get;")}{(set is null ? "" : init ? " init;" : " set;")} }}";
            case EventInfo e:
                return $"{prefix}.{e.Name} | {Access(e.AddMethod!)}{Modifiers(e.AddMethod!)}event {NameOf(e.EventHandlerType!)}";
            case MethodInfo m when IsDelegate(type):
                return $"{prefix}.Invoke({Parameters(m)}) | returns {NameOf(m.ReturnType)}";
            case MethodInfo m:
                Type[] generic = m.IsGenericMethod ? m.GetGenericArguments() : [];
                string arguments = generic.Length == 0 ? "" : $"<{string.Join(", ", generic.Select(NameOf))}>";
                return $"{prefix}.{m.Name}{arguments}({Parameters(m)}) | {Access(m)}{Modifiers(m)}returns {NameOf(m.ReturnType)}{Constraints(generic)}";
            default:
                throw new ArgumentException($"{member.MemberType} has no form in the listings.", nameof(member));
        }
    }

    public static bool IsDelegate(Type type) => typeof(Delegate).IsAssignableFrom(type);

    private static string Prefix(Type type) => $"{type.Assembly.GetName().Name} | {NameOf(type)}";

    private static bool IsSeen(MethodBase? m) => m is not null && (m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly);

    private static string KindOf(Type t) => IsDelegate(t) ? "delegate" : t.IsEnum ? "enum" : t.IsInterface ? "interface" : t.IsValueType ? "struct"
        : t.IsAbstract && t.IsSealed ? "static class" : t.IsAbstract ? "abstract class" : t.IsSealed ? "sealed class" : "class";

    private static string Access(MethodBase m) => Access(m.IsPublic, m.IsFamily || m.IsFamilyOrAssembly, m.IsFamilyAndAssembly);

    private static string Access(bool isPublic, bool isProtected, bool isPrivateProtected) =>
        isPublic ? "public " : isProtected ? "protected " : isPrivateProtected ? "private protected " : "internal ";

    private static string Modifiers(MethodInfo m) => m.DeclaringType!.IsInterface ? "" : m.IsStatic ? "static " : m.IsAbstract ? "abstract "
        : m.IsVirtual && !m.IsFinal ? (m.GetBaseDefinition() != m ? "override " : "virtual ") : "";

    private static string Parameters(MethodBase m)
    {
        bool extension = m.IsDefined(typeof(ExtensionAttribute), false);
        return string.Join(", ", m.GetParameters().Select((p, i) => (extension && i == 0 ? "this " : "") + Parameter(p)));
    }

    private static string Parameter(ParameterInfo p)
    {
        Type type = p.ParameterType;
        string text = p.IsDefined(typeof(ParamArrayAttribute), false) ? "params " : "";
        if (type.IsByRef)
        {
            text += p.IsOut ? "out " : p.IsIn ? "in " : "ref ";
            type = type.GetElementType()!;
        }

        text += $"{NameOf(type)} {p.Name}";
        return !p.HasDefaultValue ? text : text + " = " + p.DefaultValue switch
        {
            null => type.IsValueType ? "default" : "null",
            string s => $"\"{s}\"",
            bool b => b ? "true" : "false",
            var v => Convert.ToString(v, CultureInfo.InvariantCulture),
        };
    }

    private static string Constraints(Type[] arguments)
    {
        string text = "";
        foreach (Type p in arguments.Where(p => p.IsGenericParameter))
        {
            var constraints = new List<string>();
            GenericParameterAttributes g = p.GenericParameterAttributes;
            bool isStruct = g.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
            if (g.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
                constraints.Add("class");
            if (isStruct)
                constraints.Add("struct");
            constraints.AddRange(p.GetGenericParameterConstraints().Where(x => x != typeof(ValueType)).Select(NameOf).Order(StringComparer.Ordinal));
            if (g.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct)
                constraints.Add("new()");
            if (constraints.Count > 0)
                text += $" where {p.Name} : {string.Join(", ", constraints)}";
        }

        return text;
    }

    public static string NameOf(Type t)
    {
        if (t.IsGenericParameter)
            return t.Name;
        if (t.IsArray)
            return $"{NameOf(t.GetElementType()!)}[{new string(',', t.GetArrayRank() - 1)}]";
        if (t.IsPointer)
            return NameOf(t.GetElementType()!) + "*";
        if (t.IsByRef)
            return "ref " + NameOf(t.GetElementType()!);
        if (Nullable.GetUnderlyingType(t) is { } underlying)
            return NameOf(underlying) + "?";
        if (!t.IsGenericType)
            return (t.FullName ?? t.Name).Replace('+', '.');
        var chain = new Stack<Type>();
        for (Type? x = t; x is not null; x = x.DeclaringType)
            chain.Push(x);
        Type[] arguments = t.GetGenericArguments();
        var parts = new List<string>();
        int used = 0;
        foreach (Type x in chain)
        {
            int upTo = x.GetGenericArguments().Length;
            string simple = x.Name.Split('`')[0];
            parts.Add(upTo > used ? $"{simple}<{string.Join(", ", arguments[used..upTo].Select(NameOf))}>" : simple);
            used = upTo;
        }

        return t.Namespace + "." + string.Join('.', parts);
    }
}
