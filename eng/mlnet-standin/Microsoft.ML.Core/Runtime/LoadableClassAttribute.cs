using System;

namespace Microsoft.ML;

/// <summary>Says of an assembly that a class in it can be made from a model file.</summary>
internal abstract class LoadableClassAttributeBase : Attribute
{
    protected LoadableClassAttributeBase(string summary, Type instType, Type loaderType, Type argType, Type[] sigTypes, string userName, params string[] loadNames)
    {
        Summary = summary;
        InstanceType = instType ?? throw new ArgumentNullException(nameof(instType));
        LoaderType = loaderType ?? throw new ArgumentNullException(nameof(loaderType));
        ArgType = argType;
        SigTypes = sigTypes;
        UserName = userName;
        LoadNames = loadNames is { Length: > 0 } ? loadNames : [userName];
        var invoke = sigTypes[0].GetMethod("Invoke");
        var types = Array.ConvertAll(invoke.GetParameters(), p => p.ParameterType);
        CtorTypes = argType is null ? types : [argType, .. types];
    }

    public string Summary { get; }

    public Type InstanceType { get; }

    public Type LoaderType { get; }

    public Type ArgType { get; }

    /// <summary>The delegates whose parameters a constructor or Create method must take.</summary>
    public Type[] SigTypes { get; }

    public Type[] CtorTypes { get; }

    public string UserName { get; }

    /// <summary>The loader signatures that the class answers to.</summary>
    public string[] LoadNames { get; }

    public string DocName { get; set; }
}

/// <inheritdoc/>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class LoadableClassAttribute : LoadableClassAttributeBase
{
    public LoadableClassAttribute(string summary, Type instType, Type argType, Type sigType, string userName, params string[] loadNames)
        : base(summary, instType, instType, argType, [sigType], userName, loadNames)
    {
    }

    public LoadableClassAttribute(Type instType, Type argType, Type sigType, string userName, params string[] loadNames)
        : base(null, instType, instType, argType, [sigType], userName, loadNames)
    {
    }

    public LoadableClassAttribute(string summary, Type instType, Type loaderType, Type argType, Type sigType, string userName, params string[] loadNames)
        : base(summary, instType, loaderType, argType, [sigType], userName, loadNames)
    {
    }

    public LoadableClassAttribute(Type instType, Type loaderType, Type argType, Type sigType, string userName, params string[] loadNames)
        : base(null, instType, loaderType, argType, [sigType], userName, loadNames)
    {
    }

    public LoadableClassAttribute(string summary, Type instType, Type argType, Type[] sigTypes, string userName, params string[] loadNames)
        : base(summary, instType, instType, argType, sigTypes, userName, loadNames)
    {
    }

    public LoadableClassAttribute(Type instType, Type argType, Type[] sigTypes, string userName, params string[] loadNames)
        : base(null, instType, instType, argType, sigTypes, userName, loadNames)
    {
    }

    public LoadableClassAttribute(string summary, Type instType, Type loaderType, Type argType, Type[] sigTypes, string userName, params string[] loadNames)
        : base(summary, instType, loaderType, argType, sigTypes, userName, loadNames)
    {
    }

    public LoadableClassAttribute(Type instType, Type loaderType, Type argType, Type[] sigTypes, string userName, params string[] loadNames)
        : base(null, instType, loaderType, argType, sigTypes, userName, loadNames)
    {
    }
}

/// <summary>What a loader of models takes.</summary>
internal delegate void SignatureLoadModel(ModelLoadContext ctx);
