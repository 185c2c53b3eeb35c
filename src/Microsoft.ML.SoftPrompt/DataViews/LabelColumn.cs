using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>Reads labels, Boolean or Single 0/1, one a row or a vector of them, as Single 0 and 1.</summary>
internal sealed class LabelColumn
{
    private const string Role = "label";
    private const string Expected = "Boolean or Single (0 or 1), or a vector of either";

    private readonly DataViewRow _row;
    private readonly string _name;
    private readonly ReadLabels _read;

    private delegate void ReadLabels(List<float> labels);

    public LabelColumn(DataViewRow row, DataViewSchema.Column column)
    {
        Check(column.Name, column.Type, allowVector: true);
        _row = row;
        _name = column.Name;
        _read = column.Type switch
        {
            VectorDataViewType { ItemType: BooleanDataViewType } => Vector<bool>(column, Convert),
            VectorDataViewType => Vector<float>(column, Convert),
            BooleanDataViewType => Scalar<bool>(column, Convert),
            _ => Scalar<float>(column, Convert),
        };
    }

    /// <summary>Adds the current row's labels to the list.</summary>
    /// <exception cref="InvalidOperationException">A Single label is neither 0 nor 1.</exception>
    public void Read(List<float> labels) => _read(labels);

    public static bool IsBoolean(DataViewType type) => (type is VectorDataViewType vector ? vector.ItemType : type) is BooleanDataViewType;

    public static void Check(string name, DataViewType type, bool allowVector)
    {
        bool fits = IsLabel(type is VectorDataViewType vector ? vector.ItemType : type) && (allowVector || type is not VectorDataViewType);
        if (!fits)
            throw SchemaErrors.WrongType(name, Role, type.ToString()!, allowVector ? Expected : "Boolean or Single (0 or 1)");
    }

    public static void Check(SchemaShape.Column column)
    {
        if (column.IsKey || !IsLabel(column.ItemType))
            throw SchemaErrors.WrongType(column, Role, Expected);
    }

    private static bool IsLabel(DataViewType type) => type is BooleanDataViewType || type.Equals(NumberDataViewType.Single);

    private ReadLabels Scalar<TLabel>(DataViewSchema.Column column, Func<TLabel, float> convert)
    {
        var getter = _row.GetGetter<TLabel>(column);
        TLabel label = default!;
        return labels =>
        {
            getter(ref label);
            labels.Add(convert(label));
        };
    }

    private ReadLabels Vector<TLabel>(DataViewSchema.Column column, Func<TLabel, float> convert)
    {
        var getter = _row.GetGetter<VBuffer<TLabel>>(column);
        VBuffer<TLabel> vector = default;
        return labels =>
        {
            getter(ref vector);
            foreach (var label in vector.DenseValues())
                labels.Add(convert(label));
        };
    }

    private float Convert(bool label) => label ? 1 : 0;

    private float Convert(float label) => label is 0 or 1
        ? label
        : throw new InvalidOperationException(FormattableString.Invariant($"The label column '{_name}' holds {label} in row {_row.Position} (from 0); a Single label is 0 (normal) or 1 (anomalous)."));
}
