namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>RoBERTa (Liu et al., arXiv 1907.11692): BERT, with positions counted from behind the padding token's id.</summary>
internal static class RobertaFamily
{
    public static TransformerFamily Roberta { get; } = new("roberta", Shape, shape => BertFamily.Tensors(shape, "roberta."));

    private static TransformerShape Shape(HuggingFaceConfig config)
    {
        TransformerShape bert = BertFamily.Shape(config);
        int padding = config.TokenId("pad_token_id", otherwise: 1), offset = padding + 1;
        if (bert.MaxPositions <= offset)
            throw config.Contradiction($"max_position_embeddings {bert.MaxPositions} leaves no position behind pad_token_id {padding}.");
        return bert with { MaxPositions = bert.MaxPositions - offset, PositionOffset = offset };
    }
}
