using System.Numerics;
using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt.Balancing;

/// <summary>Reads a vector of Single or Double as Double, checked at the door.</summary>
internal static class SeriesValues
{
    /// <summary>Gives a reader of the current row's series, whose result the caller owns.</summary>
    public static Func<double[]> Open(DataViewRow row, DataViewSchema.Column column) =>
        IsSingle(column) ? Reader<float>(row, column) : Reader<double>(row, column);

    public static bool IsSingle(DataViewSchema.Column column) => ((VectorDataViewType)column.Type).ItemType.Equals(NumberDataViewType.Single);

    private static Func<double[]> Reader<TItem>(DataViewRow row, DataViewSchema.Column column)
        where TItem : INumberBase<TItem>
    {
        var vector = new VectorReader<TItem>(row, column);
        return () =>
        {
            var values = vector.Read();
            FiniteValues.Check(values, column.Name, row.Position);
            if (values.IsEmpty)
                throw new InvalidOperationException($"The series column '{column.Name}' holds no values in row {row.Position} (from 0); expected at least one.");
            var series = new double[values.Length];
            for (int i = 0; i < series.Length; i++)
                series[i] = double.CreateChecked(values[i]);
            return series;
        };
    }
}
