using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Anomaly;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt.Streaming;

/// <summary>What a model takes: its columns, and how many values a window has.</summary>
/// <param name="Series">The column of a window's values.</param>
/// <param name="Group">The column of a series' key; null for a model without groups.</param>
/// <param name="WindowSize">Values in a window, at least 1.</param>
internal sealed record ModelInput(string Series, string? Group, int WindowSize)
{
    private const string DefaultSeries = "Series";

    /// <summary>Finds out from the options, the model's stages and its input schema what it takes, and checks that it takes that.</summary>
    /// <exception cref="ArgumentException">The window's size or the series' column is not known, or the window is longer than the backbone takes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    public static ModelInput Find(ITransformer model, DataViewSchema? schema, StreamingDetectorOptions options)
    {
        ITransformer[] stages = SoftPromptAnomalyTransformer.ScoringStages(model).ToArray();
        (string? usualSeries, string? usualGroup) = Usual(stages);
        string series = options.SeriesColumnName ?? FindSeries(schema, usualSeries);
        int known = schema is null ? 0 : ((VectorDataViewType)SeriesColumn.Find(schema, series).Type).Size;
        int window = options.WindowSize ?? known;
        if (window == 0)
            throw new ArgumentException(schema is null
                ? "The window's size is not known. Give the model's input schema, as Model.Load hands it out, or set WindowSize."
                : $"The window's size is not known: the series' column '{series}' of the model's input schema is {schema[series].Type}. Set WindowSize to the size of the windows that the model was trained on.", nameof(options));
        var input = new ModelInput(series, options.GroupColumnName ?? usualGroup, window);
        input.Check(stages);
        return input;
    }

    /// <summary>The columns that the first stage that knows of series reads.</summary>
    private static (string? Series, string? Group) Usual(ITransformer[] stages)
    {
        foreach (ITransformer stage in stages)
        {
            if (stage is QuantizingTransformer { Fitted: var quantizer })
                return (quantizer.InputColumnName, quantizer.GroupColumnName);
            if (stage is LstmAnomalyTransformer { ColumnNames: var lstm })
                return (lstm.Features, lstm.Group);
        }
        return default;
    }

    private static string FindSeries(DataViewSchema? schema, string? usual)
    {
        if (schema is null || usual is not null && schema.GetColumnOrNull(usual) is not null)
            return usual ?? DefaultSeries;
        string[] vectors = schema.Where(column => column.Type is VectorDataViewType { ItemType: var item } && item.Equals(NumberDataViewType.Single)).Select(column => column.Name).Distinct().ToArray();
        return vectors.Length == 1 ? vectors[0]
            : throw new ArgumentException($"The model's input schema has {vectors.Length} columns that are vectors of Single{(vectors.Length == 0 ? "" : $": {string.Join(", ", vectors)}")}; expected one. Name the one that takes a window's values with SeriesColumnName.", nameof(schema));
    }

    private void Check(ITransformer[] stages)
    {
        DataViewSchema output = new TransformerChain<ITransformer>(stages).GetOutputSchema(WindowsView.CreateSchema(Series, Group, WindowSize));
        foreach ((string name, DataViewType type) in new (string, DataViewType)[]
            { (ScoreColumns.Score, NumberDataViewType.Single), (ScoreColumns.Probability, NumberDataViewType.Single), (ScoreColumns.PredictedLabel, BooleanDataViewType.Instance) })
        {
            DataViewSchema.Column column = SchemaErrors.Find(output, name, "model's");
            if (!(column.Type is VectorDataViewType vector ? vector.ItemType : column.Type).Equals(type))
                throw SchemaErrors.WrongType(column, "model's", $"{type} or a vector of it", "Give a model that ends with a detector.");
        }
        foreach (SoftPromptAnomalyTransformer detector in stages.OfType<SoftPromptAnomalyTransformer>())
            detector.CheckWindow(WindowSize);
    }
}
