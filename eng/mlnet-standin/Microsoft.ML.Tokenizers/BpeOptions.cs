using System;
using System.Collections.Generic;

namespace Microsoft.ML.Tokenizers;

public sealed class BpeOptions
{
    public BpeOptions(IEnumerable<KeyValuePair<string, int>> vocabulary) => Vocabulary = vocabulary ?? throw new ArgumentNullException(nameof(vocabulary));

    public IEnumerable<KeyValuePair<string, int>> Vocabulary { get; }

    public IEnumerable<string>? Merges { get; set; }
}
