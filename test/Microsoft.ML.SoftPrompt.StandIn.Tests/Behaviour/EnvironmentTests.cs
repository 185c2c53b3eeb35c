using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Behaviour;

public sealed class EnvironmentTests
{
    [Fact]
    public void Messages_reach_the_log_with_their_source_and_kind()
    {
        var ml = new MLContext();
        var seen = new List<LoggingEventArgs>();
        ml.Log += (_, e) => seen.Add(e);
        using (var channel = ((IHostEnvironment)ml).Register("Stage").Start("Fitting"))
            channel.Warning(MessageSensitivity.None, "{0} of {1} values are missing", 2, 10);

        var warning = seen.Should().ContainSingle(e => e.Kind == ChannelMessageKind.Warning).Which;
        warning.RawMessage.Should().Be("2 of 10 values are missing");
        warning.Source.Should().Be("Stage; Fitting");
        warning.Message.Should().Be("[Source=Stage; Fitting, Kind=Warning] 2 of 10 values are missing");
    }

    [Fact]
    public void A_catalog_gives_its_environment_with_seed_and_log()
    {
        var ml = new MLContext(seed: 7);
        var seen = new List<string>();
        ml.Log += (_, e) => seen.Add(e.RawMessage);

        foreach (object catalog in new object[] { ml.Transforms, ml.Data, ml.Model, ml.AnomalyDetection, ml.BinaryClassification, ml.AnomalyDetection.Trainers, ml.BinaryClassification.Trainers })
        {
            var environment = ((IInternalCatalog)catalog).GetEnvironment();
            ((IHostEnvironmentInternal)environment).Seed.Should().Be(7);
            using var channel = environment.Start("Test");
            channel.Info(MessageSensitivity.None, catalog.GetType().Name);
            seen.Should().Contain(catalog.GetType().Name);
        }
    }

    [Fact]
    public void Cancellation_reaches_the_hosts_below()
    {
        var ml = new MLContext();
        var environment = ((IInternalCatalog)ml.Data).GetEnvironment();
        var before = environment.Register("before");
        before.Should().BeAssignableTo<ICancelable>().Which.IsCanceled.Should().BeFalse();
        ((ICancelable)environment).CancelExecution();

        ((ICancelable)before).IsCanceled.Should().BeTrue();
        ((ICancelable)environment.Register("after")).IsCanceled.Should().BeTrue();
    }

    [Fact]
    public void A_host_with_a_seed_repeats_its_random_numbers()
    {
        IHostEnvironment ml = new MLContext();

        ml.Register("a", seed: 3).Rand.Next().Should().Be(ml.Register("b", seed: 3).Rand.Next());
    }
}
