using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt;
using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Explaining;
using Microsoft.ML.SoftPrompt.Persistence;
using Microsoft.ML.SoftPrompt.Training;
using Microsoft.ML.SoftPrompt.Windowing;

namespace Microsoft.ML;

/// <summary>The stages for anomaly detection in time series, on the catalogs of <see cref="MLContext"/>.</summary>
public static class SoftPromptCatalog
{
    /// <summary>
    /// Cuts readings, a row each, into windows, a row each. This changes the number of rows, so it is an operation on data and never a
    /// stage of a saved model. The readings are looked through once at once; windows are cut when they are asked for.
    /// </summary>
    /// <param name="catalog">The catalog, <c>mlContext.Data</c>.</param>
    /// <param name="input">The readings, in time order within each group.</param>
    /// <param name="outputColumnName">Name of the vector of Single that holds a window's values.</param>
    /// <param name="inputColumnName">Name of the column of readings, Single; the same as the output's where it is null.</param>
    /// <param name="labelColumnName">Name of the column that labels each reading (Boolean, or Single 0/1); null for data without labels. The output's column <c>Label</c> is anomalous when any reading of the window is.</param>
    /// <param name="groupColumnName">Name of the column that says which series a reading belongs to; null for a single series.</param>
    /// <param name="windowSize">Readings in a window, at least 1.</param>
    /// <param name="stride">Readings from one window's start to the next one's, at least 1.</param>
    /// <returns>The windows: the values, <c>Label</c>, the group column, <c>Start</c> (Int64, index of the window's first reading within its group) and, of an order column, <c>StartTime</c> (its value at that reading). Group, label and start time stand there only where their columns were named.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="ArgumentException">An option is out of range, a name is empty, or two columns of the output would have the same name.</exception>
    /// <exception cref="InvalidOperationException">The data has no rows, a window is longer than every series, a reading is infinite, a label is neither 0 nor 1, or the order column goes back within a group or holds NaN.</exception>
    public static IDataView WindowSeries(this DataOperationsCatalog catalog, IDataView input, string outputColumnName, string? inputColumnName = null,
        string? labelColumnName = null, string? groupColumnName = null, int windowSize = 50, int stride = WindowSeriesOptions.DefaultStride) =>
        WindowSeries(catalog, input, new WindowSeriesOptions
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            LabelColumnName = labelColumnName,
            GroupColumnName = groupColumnName,
            WindowSize = windowSize,
            Stride = stride,
        });

    /// <inheritdoc cref="WindowSeries(DataOperationsCatalog, IDataView, string, string, string, string, int, int)" path="/summary|/returns|/exception"/>
    /// <param name="catalog">The catalog, <c>mlContext.Data</c>.</param>
    /// <param name="input">The readings, in time order within each group.</param>
    /// <param name="options">Columns, sizes and places of windows, labels, order, and what becomes of trailing readings.</param>
    public static IDataView WindowSeries(this DataOperationsCatalog catalog, IDataView input, WindowSeriesOptions options) =>
        new WindowedView(MLNetInternals.GetEnvironment(catalog), input, options);

    /// <summary>
    /// Saves a model so that its path never holds half a one: ML.NET's own <c>Save(path)</c> opens the file for writing first, and what was there
    /// is lost if it fails. The model is written beside the path and renamed when it is whole and on the disk, see <see cref="AtomicFile"/>.
    /// </summary>
    /// <param name="catalog">The catalog, <c>mlContext.Model</c>.</param>
    /// <param name="model">The model.</param>
    /// <param name="inputSchema">The schema of its input, or null.</param>
    /// <param name="path">The file's path; a file that is there is replaced once the new one is whole.</param>
    /// <exception cref="IOException">The disk is full, or the path cannot be written; what was there stands.</exception>
    public static void SaveAtomically(this ModelOperationsCatalog catalog, ITransformer model, DataViewSchema? inputSchema, string path)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        using var file = new AtomicFile(path);
        using (var buffer = new MemoryStream())
        {
            catalog.Save(model, inputSchema, buffer);
            // From the array, which outlives a stream that the writer may have closed.
            file.Stream.Write(buffer.ToArray());
        }
        file.Commit();
    }

    /// <summary>
    /// Holds rows out for validation and adds synthetic series of the class with fewer rows to those that train, interpolated between
    /// neighbours (SPEAR, eq. (4)). Only the stages fitted after this one see them; at scoring time all rows pass as they are.
    /// </summary>
    /// <param name="catalog">The catalog, <c>mlContext.Transforms</c>.</param>
    /// <param name="columnName">Name of the column to interpolate, a vector of Single or Double; synthetic rows copy all others.</param>
    /// <param name="labelColumnName">Name of the label column, Boolean or Single 0/1, one a series.</param>
    /// <param name="samplingKeyColumnName">Name of a column of groups that are held out for validation whole or not at all; null to hold out the last rows.</param>
    /// <param name="neighbourCount">Nearest neighbours k, at least 1.</param>
    /// <param name="targetRatio">Rows of the class with fewer rows for each row of the other, among those that train; above 0, at most 1.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or a number is out of range.</exception>
    public static TSmoteBalancer BalanceTSmote(this TransformsCatalog catalog, string columnName, string labelColumnName = "Label",
        string? samplingKeyColumnName = null, int neighbourCount = TSmoteBalancer.Options.DefaultNeighbourCount, double targetRatio = TSmoteBalancer.Options.DefaultTargetRatio) =>
        BalanceTSmote(catalog, new TSmoteBalancer.Options
        {
            ColumnName = columnName,
            LabelColumnName = labelColumnName,
            SamplingKeyColumnName = samplingKeyColumnName,
            NeighbourCount = neighbourCount,
            TargetRatio = targetRatio,
        });

    /// <inheritdoc cref="BalanceTSmote(TransformsCatalog, string, string, string, int, double)" path="/summary|/returns|/exception"/>
    /// <param name="catalog">The catalog, <c>mlContext.Transforms</c>.</param>
    /// <param name="options">Columns, neighbours, ratio, validation and seed.</param>
    public static TSmoteBalancer BalanceTSmote(this TransformsCatalog catalog, TSmoteBalancer.Options options) =>
        new(MLNetInternals.GetEnvironment(catalog), options);

    /// <summary>Learns the range of a column of series and turns each value into a token, its bin (SPEAR, eq. (1)).</summary>
    /// <param name="catalog">The catalog, <c>mlContext.Transforms</c>.</param>
    /// <param name="outputColumnName">Name of the tokens' column, a vector of key (UInt32) whose count is the number of bins.</param>
    /// <param name="inputColumnName">Name of the series' column, a vector of Single; the same as the output's where it is null.</param>
    /// <param name="binCount">Number of bins N, 2 to 2,000.</param>
    /// <param name="groupColumnName">Name of a column of groups, each of which gets a range of its own; null for one range.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or the number of bins is out of range.</exception>
    public static QuantizingEstimator QuantizeSeries(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null,
        int binCount = QuantizingEstimator.Options.DefaultBinCount, string? groupColumnName = null) =>
        QuantizeSeries(catalog, new QuantizingEstimator.Options
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            BinCount = binCount,
            GroupColumnName = groupColumnName,
        });

    /// <inheritdoc cref="QuantizeSeries(TransformsCatalog, string, string, int, string)" path="/summary|/returns|/exception"/>
    /// <param name="catalog">The catalog, <c>mlContext.Transforms</c>.</param>
    /// <param name="options">Columns, groups, range, bins, and what becomes of values outside the range.</param>
    public static QuantizingEstimator QuantizeSeries(this TransformsCatalog catalog, QuantizingEstimator.Options options) =>
        new(MLNetInternals.GetEnvironment(catalog), options);

    /// <summary>
    /// Labels series by the four rules with which SPEAR labels context anomalies: monotonic trend, sudden spike, sudden shift, volatility
    /// change. Adds the column <paramref name="outputColumnName"/> (Boolean, whether any rule flags the series), <c>ContextAnomalies</c>
    /// (a vector of four Booleans, a slot a rule) and <c>ContextEvidence</c> (a vector of eight Doubles: slopes, jumps, splits, p-values).
    /// </summary>
    /// <param name="catalog">The catalog, <c>mlContext.Transforms</c>.</param>
    /// <param name="outputColumnName">Name of the Boolean column that says whether any rule flags the series.</param>
    /// <param name="inputColumnName">Name of the series' column, a vector of Single; the same as the output's where it is null.</param>
    /// <param name="splitCorrection">How the two rules over splits allow for the number of splits; the paper's is none.</param>
    /// <returns>The estimator; there is nothing to fit.</returns>
    /// <exception cref="ArgumentException">A name is empty or used twice, or a threshold is out of range.</exception>
    public static ContextAnomalyLabeler LabelContextAnomalies(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null,
        SplitCorrection splitCorrection = SplitCorrection.None) =>
        LabelContextAnomalies(catalog, new ContextAnomalyLabeler.Options
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            SplitCorrection = splitCorrection,
        });

    /// <inheritdoc cref="LabelContextAnomalies(TransformsCatalog, string, string, SplitCorrection)" path="/summary|/returns|/exception"/>
    /// <param name="catalog">The catalog, <c>mlContext.Transforms</c>.</param>
    /// <param name="options">Columns, rules and thresholds.</param>
    public static ContextAnomalyLabeler LabelContextAnomalies(this TransformsCatalog catalog, ContextAnomalyLabeler.Options options) =>
        new(MLNetInternals.GetEnvironment(catalog), options);

    /// <summary>
    /// Learns a soft prompt in front of a frozen language model that tells anomalous series from normal ones (SPEAR). Labels are Boolean
    /// or Single 0/1, one a series or a vector with one a value.
    /// </summary>
    /// <param name="catalog">The catalog, <c>mlContext.AnomalyDetection.Trainers</c>.</param>
    /// <param name="labelColumnName">Name of the label column.</param>
    /// <param name="featureColumnName">Name of the tokens' column, as QuantizeSeries makes it.</param>
    /// <param name="exampleWeightColumnName">Name of a column of weights, Single; null where all series count the same.</param>
    /// <param name="samplingKeyColumnName">Name of a column of groups that are held out for validation whole or not at all; null to hold out the last rows.</param>
    /// <param name="promptLength">Learnable rows m in front of every series, at least 0.</param>
    /// <param name="maxEpochs">Passes over the training rows, at least 1.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">A name is empty, or a number is out of range.</exception>
    public static SoftPromptAnomalyTrainer SoftPrompt(this AnomalyDetectionCatalog.AnomalyDetectionTrainers catalog, string labelColumnName = "Label",
        string featureColumnName = "Features", string? exampleWeightColumnName = null, string? samplingKeyColumnName = null,
        int promptLength = TrainingDefaults.PromptLength, int maxEpochs = TrainingDefaults.Epochs) =>
        SoftPrompt(catalog, Options(labelColumnName, featureColumnName, exampleWeightColumnName, samplingKeyColumnName, promptLength, maxEpochs));

    /// <inheritdoc cref="SoftPrompt(AnomalyDetectionCatalog.AnomalyDetectionTrainers, string, string, string, string, int, int)" path="/summary|/returns|/exception"/>
    /// <param name="catalog">The catalog, <c>mlContext.AnomalyDetection.Trainers</c>.</param>
    /// <param name="options">Everything that can be set.</param>
    public static SoftPromptAnomalyTrainer SoftPrompt(this AnomalyDetectionCatalog.AnomalyDetectionTrainers catalog, SoftPromptAnomalyTrainer.Options options) =>
        new(MLNetInternals.GetEnvironment(catalog), options);

    /// <inheritdoc cref="SoftPrompt(AnomalyDetectionCatalog.AnomalyDetectionTrainers, string, string, string, string, int, int)" path="/summary|/returns|/exception"/>
    /// <param name="catalog">The catalog, <c>mlContext.BinaryClassification.Trainers</c>: the trainer is a supervised binary one.</param>
    /// <param name="labelColumnName">Name of the label column.</param>
    /// <param name="featureColumnName">Name of the tokens' column, as QuantizeSeries makes it.</param>
    /// <param name="exampleWeightColumnName">Name of a column of weights, Single; null where all series count the same.</param>
    /// <param name="samplingKeyColumnName">Name of a column of groups that are held out for validation whole or not at all; null to hold out the last rows.</param>
    /// <param name="promptLength">Learnable rows m in front of every series, at least 0.</param>
    /// <param name="maxEpochs">Passes over the training rows, at least 1.</param>
    public static SoftPromptAnomalyTrainer SoftPrompt(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, string labelColumnName = "Label",
        string featureColumnName = "Features", string? exampleWeightColumnName = null, string? samplingKeyColumnName = null,
        int promptLength = TrainingDefaults.PromptLength, int maxEpochs = TrainingDefaults.Epochs) =>
        SoftPrompt(catalog, Options(labelColumnName, featureColumnName, exampleWeightColumnName, samplingKeyColumnName, promptLength, maxEpochs));

    /// <inheritdoc cref="SoftPrompt(AnomalyDetectionCatalog.AnomalyDetectionTrainers, string, string, string, string, int, int)" path="/summary|/returns|/exception"/>
    /// <param name="catalog">The catalog, <c>mlContext.BinaryClassification.Trainers</c>.</param>
    /// <param name="options">Everything that can be set.</param>
    public static SoftPromptAnomalyTrainer SoftPrompt(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, SoftPromptAnomalyTrainer.Options options) =>
        new(MLNetInternals.GetEnvironment(catalog), options);

    /// <summary>
    /// Says which values of windows carry their probability, by occlusion: each window is scored as it is and with one run of its values
    /// after another taken away: a quartile of the window, the lower or the upper one, stands in its places, whichever leaves the lower
    /// probability. All variants are scored together, over all threads.
    /// </summary>
    /// <param name="catalog">The catalog, <c>mlContext.AnomalyDetection</c>.</param>
    /// <param name="model">A fitted or loaded model: a chain with a <see cref="SoftPromptAnomalyTransformer"/> (the last one of several), or that alone.</param>
    /// <param name="windows">What the model takes, a row a window. Labels are not asked for.</param>
    /// <param name="width">How many values are taken away together, at least 1.</param>
    /// <param name="stride">Values from one run's start to the next one's, at least 1 and at most <paramref name="width"/>.</param>
    /// <param name="points">
    /// Where the model labels every value: for each window the index of the value whose probability is explained; null for the one with the
    /// highest probability, the first of equal ones.
    /// </param>
    /// <param name="cancellationToken">Stops between calls to the backbone.</param>
    /// <returns>
    /// For each window its runs, in order; the last one is shorter where the window ends. Probabilities are the detector's column
    /// <c>Probability</c>, in double precision. First values that the backbone has no room for (<see cref="SoftPromptAnomalyTrainer.Options.TruncateLongSeries"/>) have no part in the score and are not listed.
    /// </returns>
    /// <exception cref="ArgumentException">The model holds no detector, or the points are none of the windows' values, or not one a window.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The width, the stride or a point is out of range, or a column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">A window is empty or longer than the backbone takes, or a value is infinite.</exception>
    /// <exception cref="OperationCanceledException">The cancellation was asked for.</exception>
    public static IReadOnlyList<IReadOnlyList<ValueContribution>> Explain(this AnomalyDetectionCatalog catalog, ITransformer model, IDataView windows,
        int width = 1, int stride = 1, IReadOnlyList<int>? points = null, CancellationToken cancellationToken = default) =>
        catalog.Explain(model, windows, null, width, stride, points, cancellationToken);

    /// <summary>Explains windows as the overload without progress does, and tells how far it is.</summary>
    /// <param name="catalog">The catalog, <c>mlContext.AnomalyDetection</c>.</param>
    /// <param name="model">A fitted or loaded model.</param>
    /// <param name="windows">What the model takes, a row a window.</param>
    /// <param name="progress">Told how many windows are explained, after every few.</param>
    /// <param name="width">How many values are taken away together, at least 1.</param>
    /// <param name="stride">Values from one run's start to the next one's, at least 1 and at most <paramref name="width"/>.</param>
    /// <param name="points">Where the model labels every value: the index of the value to explain in each window; null for the one with the highest probability.</param>
    /// <param name="cancellationToken">Stops between calls to the backbone.</param>
    /// <returns>For each window its runs, in order.</returns>
    public static IReadOnlyList<IReadOnlyList<ValueContribution>> Explain(this AnomalyDetectionCatalog catalog, ITransformer model, IDataView windows,
        IProgress<int>? progress, int width = 1, int stride = 1, IReadOnlyList<int>? points = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(windows);
        return SoftPromptAnomalyTransformer.Explain(model, windows, width, stride, points, progress, cancellationToken)
            ?? throw new ArgumentException($"The model is {model.GetType().Name} and holds no {nameof(SoftPromptAnomalyTransformer)}; expected a model fitted with {nameof(SoftPrompt)}, alone or in a chain.", nameof(model));
    }

    /// <summary>Scores series as their readings arrive: the trailing window of each series whenever it is due.</summary>
    /// <param name="catalog">The catalog, <c>mlContext.AnomalyDetection</c>.</param>
    /// <param name="model">A fitted or loaded model with <c>Score</c>, <c>Probability</c> and <c>PredictedLabel</c>: a chain that takes windows of values, such as WindowSeries gives.</param>
    /// <param name="inputSchema">The model's input schema, as <c>mlContext.Model.Load</c> hands it out: it says which column takes the values, and its known size how many a window has.</param>
    /// <param name="stride">After how many readings of a series its trailing window is scored again, at least 1.</param>
    /// <returns>The detector; it holds the series' last readings.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="ArgumentException">The stride is out of range, the window's size is not known, or the backbone does not take that many values.</exception>
    public static StreamingDetector CreateStreamingDetector(this AnomalyDetectionCatalog catalog, ITransformer model, DataViewSchema inputSchema, int stride = 1)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return CreateStreamingDetector(catalog, model, inputSchema, new StreamingDetectorOptions { Stride = stride });
    }

    /// <inheritdoc cref="CreateStreamingDetector(AnomalyDetectionCatalog, ITransformer, DataViewSchema, int)" path="/summary|/returns"/>
    /// <param name="catalog">The catalog, <c>mlContext.AnomalyDetection</c>.</param>
    /// <param name="model">A fitted or loaded model with <c>Score</c>, <c>Probability</c> and <c>PredictedLabel</c>: a chain that takes windows of values, such as WindowSeries gives.</param>
    /// <param name="inputSchema">The model's input schema; null where the options name the window's size.</param>
    /// <param name="options">Columns, window and stride where the schema's are not meant, how many series are kept, and what becomes of readings out of order.</param>
    /// <param name="state">What <see cref="StreamingDetector.Save(Stream)"/> wrote, read from its position and left open; null to begin with nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="ArgumentException">An option is out of range, the window's size is not known, or the backbone does not take that many values.</exception>
    /// <exception cref="InvalidDataException">The state is damaged, or belongs to another model, window or stride; the message says what differs.</exception>
    public static StreamingDetector CreateStreamingDetector(this AnomalyDetectionCatalog catalog, ITransformer model, DataViewSchema? inputSchema,
        StreamingDetectorOptions options, Stream? state = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        return new StreamingDetector(model, inputSchema, options.Copy(), state);
    }

    /// <inheritdoc cref="CreateStreamingDetector(AnomalyDetectionCatalog, ITransformer, DataViewSchema, StreamingDetectorOptions, Stream)"/>
    public static StreamingDetector CreateStreamingDetector(this AnomalyDetectionCatalog catalog, ITransformer model, StreamingDetectorOptions options, Stream? state = null) =>
        CreateStreamingDetector(catalog, model, null, options, state);

    /// <summary>Searches for the parameters of a detector: windows, scaling, bins, balance, prompt and learning rates.</summary>
    /// <param name="catalog">The catalog, <c>mlContext.AnomalyDetection</c>.</param>
    /// <param name="options">What is searched, how, and for how long.</param>
    /// <returns>The sweep; <see cref="SoftPromptSweep.Run(IDataView)"/> runs it.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or options contradict each other; all faults are told at once.</exception>
    public static SoftPromptSweep CreateSoftPromptSweep(this AnomalyDetectionCatalog catalog, SoftPromptSweep.Options options) =>
        new(MLNetInternals.GetEnvironment(catalog), options);

    private static SoftPromptAnomalyTrainer.Options Options(string labelColumnName, string featureColumnName, string? exampleWeightColumnName,
        string? samplingKeyColumnName, int promptLength, int maxEpochs) => new()
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            ExampleWeightColumnName = exampleWeightColumnName,
            SamplingKeyColumnName = samplingKeyColumnName,
            PromptLength = promptLength,
            MaxEpochs = maxEpochs,
        };

    /// <summary>
    /// Trains an LSTM that tells anomalous series from normal ones: SPEAR's baseline, without a language model. Labels are Boolean or Single
    /// 0/1, one a series or a vector with one a value.
    /// </summary>
    /// <param name="catalog">The catalog, <c>mlContext.AnomalyDetection.Trainers</c>.</param>
    /// <param name="labelColumnName">Name of the label column.</param>
    /// <param name="featureColumnName">Name of the series' column, a vector of Single.</param>
    /// <param name="timeColumnName">Name of the column with the times of the values, a vector of Single or Double; null for equal steps.</param>
    /// <param name="groupColumnName">Name of a column of groups, each of which is standardised by itself; null for one scale.</param>
    /// <param name="samplingKeyColumnName">Name of a column of groups that are held out for validation whole or not at all; null to hold out the last rows.</param>
    /// <param name="maxEpochs">Passes over the training rows, at least 1.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">A name is empty, or a number is out of range.</exception>
    public static LstmAnomalyTrainer Lstm(this AnomalyDetectionCatalog.AnomalyDetectionTrainers catalog, string labelColumnName = "Label",
        string featureColumnName = "Features", string? timeColumnName = null, string? groupColumnName = null, string? samplingKeyColumnName = null,
        int maxEpochs = LstmSettings.DefaultEpochs) =>
        Lstm(catalog, LstmOptions(labelColumnName, featureColumnName, timeColumnName, groupColumnName, samplingKeyColumnName, maxEpochs));

    /// <inheritdoc cref="Lstm(AnomalyDetectionCatalog.AnomalyDetectionTrainers, string, string, string, string, string, int)" path="/summary|/returns|/exception"/>
    /// <param name="catalog">The catalog, <c>mlContext.AnomalyDetection.Trainers</c>.</param>
    /// <param name="options">Everything that can be set.</param>
    public static LstmAnomalyTrainer Lstm(this AnomalyDetectionCatalog.AnomalyDetectionTrainers catalog, LstmAnomalyTrainer.Options options) =>
        new(MLNetInternals.GetEnvironment(catalog), options);

    /// <inheritdoc cref="Lstm(AnomalyDetectionCatalog.AnomalyDetectionTrainers, string, string, string, string, string, int)" path="/summary|/returns|/exception"/>
    /// <param name="catalog">The catalog, <c>mlContext.BinaryClassification.Trainers</c>: the trainer is a supervised binary one.</param>
    /// <param name="labelColumnName">Name of the label column.</param>
    /// <param name="featureColumnName">Name of the series' column, a vector of Single.</param>
    /// <param name="timeColumnName">Name of the column with the times of the values, a vector of Single or Double; null for equal steps.</param>
    /// <param name="groupColumnName">Name of a column of groups, each of which is standardised by itself; null for one scale.</param>
    /// <param name="samplingKeyColumnName">Name of a column of groups that are held out for validation whole or not at all; null to hold out the last rows.</param>
    /// <param name="maxEpochs">Passes over the training rows, at least 1.</param>
    public static LstmAnomalyTrainer Lstm(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, string labelColumnName = "Label",
        string featureColumnName = "Features", string? timeColumnName = null, string? groupColumnName = null, string? samplingKeyColumnName = null,
        int maxEpochs = LstmSettings.DefaultEpochs) =>
        Lstm(catalog, LstmOptions(labelColumnName, featureColumnName, timeColumnName, groupColumnName, samplingKeyColumnName, maxEpochs));

    /// <inheritdoc cref="Lstm(AnomalyDetectionCatalog.AnomalyDetectionTrainers, string, string, string, string, string, int)" path="/summary|/returns|/exception"/>
    /// <param name="catalog">The catalog, <c>mlContext.BinaryClassification.Trainers</c>.</param>
    /// <param name="options">Everything that can be set.</param>
    public static LstmAnomalyTrainer Lstm(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, LstmAnomalyTrainer.Options options) =>
        new(MLNetInternals.GetEnvironment(catalog), options);

    private static LstmAnomalyTrainer.Options LstmOptions(string labelColumnName, string featureColumnName, string? timeColumnName, string? groupColumnName,
        string? samplingKeyColumnName, int maxEpochs) => new()
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            TimeColumnName = timeColumnName,
            GroupColumnName = groupColumnName,
            SamplingKeyColumnName = samplingKeyColumnName,
            MaxEpochs = maxEpochs,
        };
}
