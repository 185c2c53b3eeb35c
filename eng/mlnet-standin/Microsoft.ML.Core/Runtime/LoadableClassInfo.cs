using System;
using System.Linq;
using System.Reflection;

namespace Microsoft.ML.Runtime;

/// <summary>How to make an instance of a loadable class: by its constructor or by its static Create, with or without the environment in front.</summary>
internal sealed class LoadableClassInfo
{
    private const BindingFlags Visible = BindingFlags.Public | BindingFlags.NonPublic;

    private readonly ConstructorInfo _constructor;
    private readonly MethodInfo _create;
    private readonly bool _takesEnvironment;

    private LoadableClassInfo(Type type, ConstructorInfo constructor, MethodInfo create, bool takesEnvironment)
    {
        Type = type;
        _constructor = constructor;
        _create = create;
        _takesEnvironment = takesEnvironment;
    }

    public Type Type { get; }

    public static bool TryCreate(LoadableClassAttributeBase attribute, out LoadableClassInfo info, out string fault)
    {
        Type[] types = attribute.CtorTypes;
        Type[] withEnvironment = [typeof(IHostEnvironment), .. types];
        ConstructorInfo plainConstructor = null, constructor = null;
        if (attribute.InstanceType.IsAssignableFrom(attribute.LoaderType))
        {
            plainConstructor = attribute.LoaderType.GetConstructor(BindingFlags.Instance | Visible, null, types, null);
            constructor = plainConstructor ?? attribute.LoaderType.GetConstructor(BindingFlags.Instance | Visible, null, withEnvironment, null);
        }
        var plainCreate = FindCreate(attribute, types);
        var create = plainCreate ?? FindCreate(attribute, withEnvironment);

        fault = constructor is not null && create is not null ? $"Can't load type {attribute.InstanceType}, because it has both create and constructor methods"
            : constructor is null && create is null ? $"Can't load type {attribute.InstanceType}, because it lacks a constructor or Create method taking ({string.Join(", ", types.Select(t => t.Name))})"
            : null;
        bool takesEnvironment = constructor is not null ? plainConstructor is null : plainCreate is null;
        info = fault is null ? new(attribute.InstanceType, constructor, create, takesEnvironment) : null;
        return fault is null;
    }

    public object CreateInstance(IHostEnvironment env, object[] args)
    {
        object[] all = _takesEnvironment ? [env, .. args] : args;
        try
        {
            return _constructor is not null ? _constructor.Invoke(all) : _create.Invoke(null, all);
        }
        catch (TargetInvocationException e) when (e.InnerException?.IsMarked() == true)
        {
            throw new InvalidOperationException("Error during class instantiation", e).Mark();
        }
    }

    private static MethodInfo FindCreate(LoadableClassAttributeBase attribute, Type[] types)
    {
        var create = attribute.LoaderType.GetMethod("Create", BindingFlags.Static | BindingFlags.FlattenHierarchy | Visible, null, types, null);
        return create is not null && attribute.InstanceType.IsAssignableFrom(create.ReturnType) ? create : null;
    }
}
