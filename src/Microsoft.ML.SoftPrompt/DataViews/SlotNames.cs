using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Persistence;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>Names for the slots of a vector column, where ML.NET looks for them.</summary>
internal static class SlotNames
{
    private const string Kind = "SlotNames";

    /// <summary>Gets what the shape of a column with slot names has as annotations.</summary>
    public static SchemaShape Shape { get; } =
        new([MLNetInternals.CreateColumn(Kind, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, isKey: false)]);

    public static DataViewSchema.Annotations Create(IReadOnlyList<string> names)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        ValueGetter<VBuffer<ReadOnlyMemory<char>>> getter = (ref VBuffer<ReadOnlyMemory<char>> slots) =>
        {
            var editor = VBufferEditor.Create(ref slots, names.Count);
            for (int i = 0; i < names.Count; i++)
                editor.Values[i] = names[i].AsMemory();
            slots = editor.Commit();
        };
        builder.Add(Kind, new VectorDataViewType(TextDataViewType.Instance, names.Count), getter);
        return builder.ToAnnotations();
    }
}
