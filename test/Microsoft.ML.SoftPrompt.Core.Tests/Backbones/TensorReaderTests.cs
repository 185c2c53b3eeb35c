namespace Microsoft.ML.SoftPrompt.Backbones;

public class TensorReaderTests
{
    private static Action Opening(ModelFolder folder) => () => Backbone.Open(BackboneFiles.InFolder(folder.Path));

    [Fact]
    public void Names_of_a_task_checkpoint_and_of_old_norms_are_the_same_model()
    {
        using ModelFolder folder = new();
        folder.Change(tensors => tensors.Select(t => ("bert." + t.Name.Replace("LayerNorm.weight", "LayerNorm.gamma").Replace("LayerNorm.bias", "LayerNorm.beta"), t.Shape, t.Values))
            .Append(("cls.predictions.bias", [2], [0, 0])).Append(("classifier.weight", [1], [0])));
        float[] expected = Hidden(Backbone.Open(BackboneFiles.InFolder(Golden.PathOf("backbones/bert"))));
        Hidden(Backbone.Open(BackboneFiles.InFolder(folder.Path))).Should().Equal(expected);
    }

    [Fact]
    public void A_missing_tensor_is_named_with_its_shape()
    {
        using ModelFolder folder = new();
        folder.Change(tensors => tensors.Where(t => t.Name != "encoder.layer.1.output.dense.weight"));
        Opening(folder).Should().Throw<InvalidDataException>().WithMessage("*lacks the tensor 'encoder.layer.1.output.dense.weight' of shape [48, 112], which the configuration asks for.");
    }

    [Fact]
    public void A_tensor_of_another_shape_is_refused()
    {
        using ModelFolder folder = new();
        folder.Change(tensors => tensors.Select(t => t.Name == "embeddings.word_embeddings.weight" ? (t.Name, [299L, 48L], t.Values[..^48]) : t));
        Opening(folder).Should().Throw<InvalidDataException>().WithMessage("*tensor 'embeddings.word_embeddings.weight' has the shape [299, 48]; the configuration asks for [300, 48].");
    }

    [Fact]
    public void A_tensor_of_no_part_of_a_bert_is_refused()
    {
        using ModelFolder folder = new();
        folder.Change(tensors => tensors.Append(("encoder.layer.3.output.dense.bias", [48], new float[48])));
        Opening(folder).Should().Throw<InvalidDataException>().WithMessage("*holds the tensor 'encoder.layer.3.output.dense.bias', which is no part of the bert model that the configuration describes (3 layers)*");
    }

    [Fact]
    public void One_tensor_under_two_names_is_refused()
    {
        using ModelFolder folder = new();
        folder.Change(tensors => tensors.Append(("bert.embeddings.LayerNorm.bias", [48], new float[48])));
        Opening(folder).Should().Throw<InvalidDataException>().WithMessage("*holds 'embeddings.LayerNorm.bias' and 'bert.embeddings.LayerNorm.bias', two names of one tensor.");
    }

    [Fact]
    public void A_weight_that_is_not_finite_is_refused()
    {
        using ModelFolder folder = new();
        folder.Change(tensors => tensors.Select(t => t.Name == "embeddings.word_embeddings.weight" ? (t.Name, t.Shape, [.. t.Values[..^1], float.PositiveInfinity]) : t));
        Opening(folder).Should().Throw<InvalidDataException>().WithMessage("*tensor 'embeddings.word_embeddings.weight' holds*; weights are finite numbers.");
    }

    private static float[] Hidden(IBackbone bert)
    {
        BackboneInput input = new(bert.HiddenSize);
        input.Clear(default, default);
        input.Add([5, 7, 11], [0, 1, 2]);
        float[] hidden = new float[3 * bert.HiddenSize];
        bert.Forward(input, hidden);
        return hidden;
    }
}
