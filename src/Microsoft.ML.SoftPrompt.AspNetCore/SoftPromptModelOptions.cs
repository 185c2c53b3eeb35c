namespace Microsoft.ML.SoftPrompt.AspNetCore;

/// <summary>Which model is served, how series are cut into windows, and what a client may ask for at most.</summary>
public sealed class SoftPromptModelOptions
{
    /// <summary>Gets or sets the path of the model, a zip file that <c>ml.Model.Save</c> or <c>softprompt train</c> wrote.</summary>
    /// <value>It has to be set. Where there is no such file yet, the service starts without a model and takes it when it is there.</value>
    public string ModelPath { get; set; } = "";

    /// <summary>Gets or sets whether the application refuses to start where the model cannot be loaded.</summary>
    /// <value>The default is <see langword="false"/>: requests are answered with 503 until there is a model.</value>
    public bool RequireModelAtStart { get; set; }

    /// <summary>Gets or sets how often the model's file is looked at: one that changed is loaded and takes the old one's place.</summary>
    /// <value>Above 0; the default is two seconds.</value>
    public TimeSpan ModelPollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets the model's columns and the readings in a window, of whole series, too, and how streams are followed.</summary>
    /// <value>The defaults find columns and window out from the model's file. A state of another model is always taken: streams go on where the model is swapped.</value>
    public StreamingDetectorOptions Streaming { get; set; } = new();

    /// <summary>Gets or sets the readings from one window's start to the next, for whole series.</summary>
    /// <value>1 to the window's size, so that no reading is left out; the default is <see langword="null"/>: the window's size.</value>
    public int? Stride { get; set; }

    /// <summary>Gets or sets the bytes that the body of a request may have; a longer one is answered with 413.</summary>
    /// <value>At least 1; the default is 8 MiB.</value>
    public long MaxRequestBodySize { get; set; } = 8 << 20;

    /// <summary>Gets or sets the series that a request may hold; more are answered with 422.</summary>
    /// <value>At least 1; the default is 1,000.</value>
    public int MaxSeriesPerRequest { get; set; } = 1_000;

    /// <summary>Gets or sets the values that a series may hold; more are answered with 422.</summary>
    /// <value>At least 1; the default is 100,000.</value>
    public int MaxValuesPerSeries { get; set; } = 100_000;

    /// <summary>Gets or sets the requests that are read, waiting or answered at a time; one more is answered with 503 and <c>Retry-After</c>.</summary>
    /// <value>At least 1; the default is 256.</value>
    /// <remarks>With <see cref="MaxRequestBodySize"/> it bounds the memory that bodies take.</remarks>
    public int MaxConcurrentRequests { get; set; } = 256;

    /// <summary>Gets or sets the windows that wait to be scored, of all requests together; a request whose windows do not fit is answered with 503 and <c>Retry-After</c>.</summary>
    /// <value>At least 1; the default is 65,536. A request that alone has more is answered with 422.</value>
    public int MaxQueuedWindows { get; set; } = 65_536;

    /// <summary>Gets or sets the windows that are scored at once, of several requests where several wait.</summary>
    /// <value>At least 1; the default is 256: more is hardly faster, and whoever comes during a batch waits for its end.</value>
    public int MaxBatchWindows { get; set; } = 256;

    /// <exception cref="ArgumentException">An option is not what it may be; the message tells all that are not.</exception>
    internal void Check()
    {
        var faults = new OptionFaults("options");
        faults.Check(!string.IsNullOrWhiteSpace(ModelPath), nameof(ModelPath), "empty", "the path of a model's zip file");
        faults.Check(ModelPollInterval > TimeSpan.Zero && ModelPollInterval.TotalMilliseconds < uint.MaxValue - 1, nameof(ModelPollInterval), ModelPollInterval, "above 0 and below 49 days");
        int longest = Streaming?.WindowSize ?? int.MaxValue;
        faults.Check(Stride is null || Stride >= 1 && Stride <= longest, nameof(Stride), Stride, "1 to the window's size, or null");
        (string Name, long Found)[] atLeastOne =
        [
            (nameof(MaxRequestBodySize), MaxRequestBodySize), (nameof(MaxSeriesPerRequest), MaxSeriesPerRequest),
            (nameof(MaxValuesPerSeries), MaxValuesPerSeries), (nameof(MaxConcurrentRequests), MaxConcurrentRequests),
            (nameof(MaxQueuedWindows), MaxQueuedWindows), (nameof(MaxBatchWindows), MaxBatchWindows),
        ];
        foreach ((string name, long found) in atLeastOne)
            faults.Check(found >= 1, name, found, "at least 1");
        faults.Check(Streaming is not null, nameof(Streaming), null, "how streams are followed");
        faults.ThrowIfAny();
        Streaming!.Validate();
    }
}
