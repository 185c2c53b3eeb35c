namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Where the files of a family keep what the engine needs: names without prefix, and shapes.</summary>
internal sealed record TransformerTensors
{
    /// <summary>What stands in front of the names in checkpoints of a task, e.g. <c>bert.</c>.</summary>
    public required string Prefix { get; init; }

    /// <summary>Beginnings of names that do not touch the hidden states: heads and poolers.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>Endings of names that hold no weights: buffers that old checkpoints saved along.</summary>
    public IReadOnlyList<string> IgnoredEndings { get; init; } = [];

    /// <summary>Endings that old checkpoints wrote otherwise, and what they are today.</summary>
    public IReadOnlyList<(string Old, string Today)> Renamed { get; init; } = [];

    public required string Tokens { get; init; }

    public string? Positions { get; init; }

    public string? TokenTypes { get; init; }

    /// <summary>Norms are named without <c>.weight</c> and <c>.bias</c>.</summary>
    public string? EmbeddingNorm { get; init; }

    public string? FinalNorm { get; init; }

    public required IReadOnlyList<LayerTensors> Layers { get; init; }

    /// <summary>All tensors that must be there, with their shapes. A tensor of several layers occurs several times.</summary>
    public IEnumerable<(string Name, long[] Shape)> All(TransformerShape shape)
    {
        long d = shape.HiddenSize;
        yield return (Tokens, [shape.VocabularySize, d]);
        if (Positions is not null)
            yield return (Positions, [shape.MaxPositions + shape.PositionOffset, d]);
        if (TokenTypes is not null)
            yield return (TokenTypes, [shape.TokenTypes, d]);
        foreach ((string Name, long[] Shape) part in Norm(EmbeddingNorm, d))
            yield return part;
        foreach (LayerTensors layer in Layers)
        {
            foreach (LinearTensor linear in (IEnumerable<LinearTensor>)[layer.Query, .. layer.KeyValue, layer.Output, .. layer.Gate, layer.Up, layer.Down])
            {
                yield return (linear.Name + ".weight", linear.Transposed ? [linear.Inputs, linear.Stored] : [linear.Stored, linear.Inputs]);
                if (linear.Bias)
                    yield return (linear.Name + ".bias", [linear.Stored]);
            }
            foreach (string? norm in (string?[])[layer.AttentionNorm, layer.FeedForwardNorm, layer.BehindAttentionNorm, layer.BehindFeedForwardNorm])
                foreach ((string Name, long[] Shape) part in Norm(norm, d))
                    yield return part;
            foreach (string? norm in (string?[])[layer.QueryNorm, layer.KeyNorm])
                foreach ((string Name, long[] Shape) part in Norm(norm, shape.HeadSize))
                    yield return part;
        }
        foreach ((string Name, long[] Shape) part in Norm(FinalNorm, d))
            yield return part;

        IEnumerable<(string, long[])> Norm(string? name, long size)
        {
            if (name is null)
                yield break;
            yield return (name + ".weight", [size]);
            if (!shape.RootMeanSquare)
                yield return (name + ".bias", [size]);
        }
    }
}

/// <summary>Where a layer's weights are kept.</summary>
internal sealed record LayerTensors
{
    public required LinearTensor Query { get; init; }

    /// <summary>Keys and values, in one tensor or two.</summary>
    public required IReadOnlyList<LinearTensor> KeyValue { get; init; }

    public required LinearTensor Output { get; init; }

    /// <summary>One where the feed-forward part is gated, else none.</summary>
    public IReadOnlyList<LinearTensor> Gate { get; init; } = [];

    public required LinearTensor Up { get; init; }

    public required LinearTensor Down { get; init; }

    /// <summary>In front of attention, or behind its residual sum.</summary>
    public required string AttentionNorm { get; init; }

    /// <summary>In front of the feed-forward part, or behind its residual sum.</summary>
    public required string FeedForwardNorm { get; init; }

    /// <summary>Behind attention, before the residual sum.</summary>
    public string? BehindAttentionNorm { get; init; }

    /// <summary>Behind the feed-forward part, before the residual sum.</summary>
    public string? BehindFeedForwardNorm { get; init; }

    public string? QueryNorm { get; init; }

    public string? KeyNorm { get; init; }
}

/// <summary>x · Wᵀ + b as a file keeps it, <c>.weight</c> and <c>.bias</c> behind its name.</summary>
/// <param name="Name">Name without ending.</param>
/// <param name="Inputs">Depth of the product.</param>
/// <param name="Outputs">Columns of the result.</param>
/// <param name="Bias">Whether there is a bias.</param>
internal sealed record LinearTensor(string Name, int Inputs, int Outputs, bool Bias)
{
    /// <summary>Whether the file holds W as [inputs, outputs]; as a rule it is [outputs, inputs].</summary>
    public bool Transposed { get; init; }

    /// <summary>The first of the outputs within a tensor that holds more of them.</summary>
    public int First { get; init; }

    /// <summary>All outputs that the tensor holds.</summary>
    public int Stored { get; init; } = Outputs;
}
