using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A transformer that adds columns computed from the same row.</summary>
public abstract class RowToRowTransformerBase : ITransformer
{
    private protected RowToRowTransformerBase()
    {
    }

    bool ITransformer.IsRowToRowMapper => true;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => MakeMapper(inputSchema).OutputSchema;

    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new MappedDataView(input, MakeMapper(input.Schema));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => MakeMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        SaveModel(ctx);
    }

    private protected abstract void SaveModel(ModelSaveContext ctx);

    private protected abstract IEnumerable<AddedColumn> Added(DataViewSchema inputSchema);

    private ColumnAddingMapper MakeMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new(inputSchema, Added(inputSchema).ToArray());
    }
}

/// <summary>A transformer that computes each column from one other.</summary>
public abstract class OneToOneTransformerBase : RowToRowTransformerBase
{
    private protected OneToOneTransformerBase(params (string OutputColumnName, string InputColumnName)[] columns)
    {
        if (columns.Length == 0)
            throw new ArgumentException("There must be a column.", nameof(columns));
        ColumnPairs = columns;
    }

    private protected (string OutputColumnName, string InputColumnName)[] ColumnPairs { get; }

    private protected static (string OutputColumnName, string InputColumnName)[] LoadPairs(ModelLoadContext ctx)
    {
        int count = ctx.Reader.ReadInt32();
        if (count <= 0)
            throw Contracts.ExceptDecode($"Corrupt model file: {count} columns");
        var pairs = new List<(string, string)>();
        for (; count > 0; count--)
            pairs.Add((ctx.LoadNonEmptyString(), ctx.LoadNonEmptyString()));
        return [.. pairs];
    }

    private protected void SavePairs(ModelSaveContext ctx)
    {
        ctx.Writer.Write(ColumnPairs.Length);
        foreach (var (output, input) in ColumnPairs)
        {
            ctx.SaveNonEmptyString(output);
            ctx.SaveNonEmptyString(input);
        }
    }

    private protected sealed override IEnumerable<AddedColumn> Added(DataViewSchema inputSchema) =>
        ColumnPairs.Select(pair => Added(pair.OutputColumnName, Columns.Find(inputSchema, pair.InputColumnName, "input")));

    private protected abstract AddedColumn Added(string outputColumnName, DataViewSchema.Column source);
}
