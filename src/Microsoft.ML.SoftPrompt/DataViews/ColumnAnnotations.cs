using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Persistence;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>What ML.NET's stages and evaluators look for beside a column's type, under the names that ML.NET gives it.</summary>
internal static class ColumnAnnotations
{
    private const string SlotNamesKind = "SlotNames";
    private const string KeyValuesKind = "KeyValues";
    private const string ScoreSetKind = "ScoreColumnSetId";
    private const string ScoreColumnKind = "ScoreColumnKind";
    private const string ScoreValueKind = "ScoreValueKind";

    /// <summary>Gets what the shape of a column with slot names has as annotations.</summary>
    public static SchemaShape SlotNamesShape { get; } = TextsShape(SlotNamesKind);

    /// <summary>Gets what the shape of a column of keys with values has as annotations.</summary>
    public static SchemaShape KeyValuesShape { get; } = TextsShape(KeyValuesKind);

    /// <summary>Gets what the shape of a binary trainer's output column has as annotations.</summary>
    public static SchemaShape ScoreShape { get; } = new(
    [
        MLNetInternals.CreateColumn(ScoreSetKind, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, isKey: true),
        MLNetInternals.CreateColumn(ScoreColumnKind, SchemaShape.Column.VectorKind.Scalar, TextDataViewType.Instance, isKey: false),
        MLNetInternals.CreateColumn(ScoreValueKind, SchemaShape.Column.VectorKind.Scalar, TextDataViewType.Instance, isKey: false),
    ]);

    /// <summary>Names for the slots of a vector.</summary>
    public static DataViewSchema.Annotations SlotNames(IReadOnlyList<string> names) => Texts(SlotNamesKind, names.Count, i => names[i]);

    /// <summary>The values of the keys of tokens: key q + 1 stands for the numeral q.</summary>
    public static DataViewSchema.Annotations Numerals(int count) => Texts(KeyValuesKind, count, i => i.ToString(CultureInfo.InvariantCulture));

    /// <summary>What an output column of a binary trainer holds.</summary>
    /// <param name="input">The schema that the column is added to: columns of one trainer share a number that no earlier trainer has.</param>
    /// <param name="value">PredictedLabel, Score or Probability.</param>
    public static DataViewSchema.Annotations Score(DataViewSchema input, string value)
    {
        uint set = 1 + input.Max(SetOf);
        var builder = new DataViewSchema.Annotations.Builder();
        builder.Add(ScoreSetKind, new KeyDataViewType(typeof(uint), int.MaxValue), (ref uint id) => id = set);
        builder.AddPrimitiveValue(ScoreColumnKind, TextDataViewType.Instance, "BinaryClassification".AsMemory());
        builder.AddPrimitiveValue(ScoreValueKind, TextDataViewType.Instance, value.AsMemory());
        return builder.ToAnnotations();
    }

    private static uint SetOf(DataViewSchema.Column column)
    {
        uint set = 0;
        if (column.Annotations.Schema.GetColumnOrNull(ScoreSetKind) is { Type: KeyDataViewType key } && key.RawType == typeof(uint))
            column.Annotations.GetValue(ScoreSetKind, ref set);
        return set;
    }

    private static SchemaShape TextsShape(string kind) =>
        new([MLNetInternals.CreateColumn(kind, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, isKey: false)]);

    private static DataViewSchema.Annotations Texts(string kind, int count, Func<int, string> text)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        ValueGetter<VBuffer<ReadOnlyMemory<char>>> getter = (ref VBuffer<ReadOnlyMemory<char>> texts) =>
        {
            var editor = VBufferEditor.Create(ref texts, count);
            for (int i = 0; i < count; i++)
                editor.Values[i] = text(i).AsMemory();
            texts = editor.Commit();
        };
        builder.Add(kind, new VectorDataViewType(TextDataViewType.Instance, count), getter);
        return builder.ToAnnotations();
    }
}
