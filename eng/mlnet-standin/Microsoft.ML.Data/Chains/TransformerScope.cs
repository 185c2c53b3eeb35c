using System;

namespace Microsoft.ML.Data;

/// <summary>When a stage of a chain is wanted.</summary>
[Flags]
public enum TransformerScope
{
    None = 0,
    Training = 1,
    Testing = 2,
    TrainTest = Training | Testing,
    Scoring = 4,
    Everything = Training | Testing | Scoring,
}
