using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Tests;

public sealed class SoftPromptModelOptionsTests
{
    [Fact]
    public void All_faults_are_told_at_once()
    {
        Action add = () => new ServiceCollection().AddSoftPromptModel("", options => (options.Streaming.WindowSize, options.Stride, options.MaxQueuedWindows, options.ModelPollInterval) = (10, 11, 0, TimeSpan.Zero));

        add.Should().Throw<ArgumentException>().Which.Message.Should().ContainAll("ModelPath is empty", "Stride is 11", "MaxQueuedWindows is 0; expected at least 1.", "ModelPollInterval is 00:00:00");
    }

    [Fact]
    public void An_application_serves_one_model()
    {
        IServiceCollection services = new ServiceCollection().AddSoftPromptModel("a.zip");

        services.Invoking(one => one.AddSoftPromptModel("b.zip")).Should().Throw<InvalidOperationException>().WithMessage("A model was added before*");
    }

    [Fact]
    public void Mapping_without_a_model_says_what_is_missing()
    {
        WebApplication app = WebApplication.CreateBuilder().Build();

        app.Invoking(one => one.MapSoftPrompt()).Should().Throw<InvalidOperationException>().WithMessage("*AddSoftPromptModel*");
    }
}
