namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>The input's columns with a stage's behind them: an output column has the index of the input's count and above.</summary>
internal sealed class StageSchema
{
    private readonly int[] _inputColumns;

    public StageSchema(IRowStage stage, DataViewSchema input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _inputColumns = stage.GetInputColumns(input);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        foreach (var column in stage.GetOutputColumns(input))
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        Input = input;
        Output = builder.ToSchema();
    }

    public DataViewSchema Input { get; }

    public DataViewSchema Output { get; }

    public bool IsAdded(DataViewSchema.Column column) => column.Index >= Input.Count;

    /// <summary>The input columns without which the given columns cannot be had.</summary>
    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> columns)
    {
        var needed = new SortedSet<int>();
        foreach (var column in columns)
            if (IsAdded(column))
                needed.UnionWith(_inputColumns);
            else
                needed.Add(column.Index);
        return needed.Select(index => Input[index]).ToArray();
    }
}
