using System;
using System.Collections.Generic;

namespace Microsoft.ML.Internal.Utilities;

/// <summary>Strings by number.</summary>
internal static class NormStr
{
    /// <summary>Gives each different string the next number.</summary>
    public sealed class Pool
    {
        private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

        public int Add(string text)
        {
            if (!_ids.TryGetValue(text, out int id))
                _ids.Add(text, id = _ids.Count);
            return id;
        }

        public string[] ToArray() => [.. _ids.Keys];
    }
}
