using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Persistence;

namespace Microsoft.ML.SoftPrompt.Anomaly;

/// <summary>The three columns that every detector adds: scalars, or vectors of the series' length where it labels every value.</summary>
internal static class ScoreColumns
{
    public const string PredictedLabel = "PredictedLabel";
    public const string Score = "Score";
    public const string Probability = "Probability";

    /// <param name="input">The schema that they are added to.</param>
    /// <param name="labelsPoints">Whether they are vectors.</param>
    /// <param name="length">Values in every series; 0 where series differ in length.</param>
    public static DataViewSchema.DetachedColumn[] For(DataViewSchema input, bool labelsPoints, int length)
    {
        DataViewType Shape(PrimitiveDataViewType type) => labelsPoints ? new VectorDataViewType(type, length) : type;
        return
        [
            new(PredictedLabel, Shape(BooleanDataViewType.Instance), ColumnAnnotations.Score(input, PredictedLabel)),
            new(Score, Shape(NumberDataViewType.Single), ColumnAnnotations.Score(input, Score)),
            new(Probability, Shape(NumberDataViewType.Single), ColumnAnnotations.Score(input, Probability)),
        ];
    }

    /// <summary>The shape of the data with the three columns added.</summary>
    public static SchemaShape AddTo(SchemaShape input, SchemaShape.Column.VectorKind kind)
    {
        string[] names = [PredictedLabel, Score, Probability];
        DataViewType[] types = [BooleanDataViewType.Instance, NumberDataViewType.Single, NumberDataViewType.Single];
        return new SchemaShape(input.Where(column => !names.Contains(column.Name))
            .Concat(names.Zip(types, (name, type) => MLNetInternals.CreateColumn(name, kind, type, isKey: false, ColumnAnnotations.ScoreShape))));
    }

    /// <summary>The getters of the three columns.</summary>
    /// <param name="logits">The current row's.</param>
    /// <param name="labelsPoints">Whether the columns are vectors.</param>
    /// <param name="threshold">The logit strictly above which the label is true.</param>
    /// <param name="toProbability">The probability of a logit.</param>
    public static Delegate[] Getters(IRowLogits logits, bool labelsPoints, float threshold, Func<float, float> toProbability) => labelsPoints
        ? [Vector(logits, logit => logit > threshold), Vector(logits, logit => logit), Vector(logits, toProbability)]
        : [Scalar(logits, logit => logit > threshold), Scalar(logits, logit => logit), Scalar(logits, toProbability)];

    private static ValueGetter<TValue> Scalar<TValue>(IRowLogits logits, Func<float, TValue> convert) =>
        (ref TValue value) => value = convert(logits.Get()[0]);

    private static ValueGetter<VBuffer<TValue>> Vector<TValue>(IRowLogits logits, Func<float, TValue> convert) => (ref VBuffer<TValue> value) =>
    {
        var row = logits.Get();
        var editor = VBufferEditor.Create(ref value, row.Length);
        for (int i = 0; i < row.Length; i++)
            editor.Values[i] = convert(row[i]);
        value = editor.Commit();
    };
}
