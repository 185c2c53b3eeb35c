using System;
using System.Collections.Generic;
using System.Reflection;

namespace Microsoft.ML.Runtime;

/// <summary>The classes that can be made from model files, by loader signature.</summary>
public sealed class ComponentCatalog
{
    private readonly object _lock = new();
    private readonly HashSet<string> _assemblies = [];
    private readonly Dictionary<(Type Signature, string LoadName), LoadableClassInfo> _classes = [];

    internal ComponentCatalog()
    {
    }

    public void RegisterAssembly(Assembly assembly, bool throwOnError = true)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        lock (_lock)
        {
            if (!_assemblies.Add(assembly.FullName))
                return;
            // An attribute whose class the assembly may not see is left out by the runtime without a word.
            foreach (LoadableClassAttributeBase attribute in assembly.GetCustomAttributes(typeof(LoadableClassAttributeBase), false))
                Register(attribute, throwOnError);
        }
    }

    internal bool TryFind(Type signature, string loadName, out LoadableClassInfo found)
    {
        lock (_lock)
            return _classes.TryGetValue((signature, Key(loadName)), out found);
    }

    private static string Key(string loadName) => loadName.ToLowerInvariant().Trim();

    private void Register(LoadableClassAttributeBase attribute, bool throwOnError)
    {
        if (!LoadableClassInfo.TryCreate(attribute, out var info, out string fault))
        {
            if (throwOnError)
                throw new InvalidOperationException(fault);
            return;
        }
        foreach (var signature in attribute.SigTypes)
        {
            foreach (string name in attribute.LoadNames)
            {
                if (_classes.TryAdd((signature, Key(name)), info) || !throwOnError)
                    continue;
                throw new InvalidOperationException(
                    $"ComponentCatalog cannot map name '{name}' and SignatureType '{signature}' to {info.Type}, already mapped to {_classes[(signature, Key(name))].Type}.");
            }
        }
    }
}
