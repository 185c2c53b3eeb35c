using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Persistence;

namespace Microsoft.ML.SoftPrompt.Sweeping;

/// <summary>
/// A sweep on disk: <c>sweep.json</c> says which one it is, <c>trials/0001.json</c> what became of a trial, <c>trials/0001.zip</c> is its
/// model, <c>checkpoints/0001</c> is where its training stands. A trial's record is written after its model, so that what is recorded is there.
/// </summary>
internal sealed class SweepDirectory : IDisposable
{
    private const string Identity = "sweep.json";

    private readonly string _path;
    private readonly FileStream _lock;

    /// <summary>Opens the folder, or makes it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="identity">What makes the sweep what it is, by name.</param>
    /// <exception cref="InvalidOperationException">The folder holds another sweep; the message says what differs.</exception>
    /// <exception cref="IOException">The folder cannot be written, or another process sweeps there.</exception>
    public SweepDirectory(string path, IReadOnlyDictionary<string, string> identity)
    {
        _path = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(Path.Combine(_path, "trials"));
            _lock = new FileStream(Path.Combine(_path, "sweep.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The folder '{path}' cannot be used: another process sweeps there, or it cannot be written ({fault.Message.TrimEnd('.')}). Wait for it, or choose another folder.", fault);
        }
        try
        {
            Check(path, identity);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The trials that were recorded.</summary>
    /// <exception cref="InvalidDataException">A record is damaged.</exception>
    public IReadOnlyList<SweepTrial> Read() => Directory.GetFiles(Path.Combine(_path, "trials"), "*.json").Order(StringComparer.Ordinal).Select(file =>
    {
        SweepTrial trial = ReadJson(file, ModelJson.Default.SweepTrial);
        if (trial.Rungs.Contains(null!) || trial.History.Contains(null!) || trial.Warnings.Contains(null!))
            throw new InvalidDataException($"'{file}' is damaged: there is a null in a list. Remove it, and what it tells of is done again.");
        return file == RecordPath(trial.Number) ? trial : throw new InvalidDataException($"'{file}' is the record of trial {trial.Number}, whose place is '{RecordPath(trial.Number)}'. Put it back, or remove it: its trial is then done again.");
    }).ToArray();

    public void Write(SweepTrial trial) => Write(RecordPath(trial.Number), trial, ModelJson.Default.SweepTrial);

    public void WriteModel(MLContext ml, int number, ITransformer model, DataViewSchema schema)
    {
        // What the zip writer seeks back to is in memory, so that a full disk is told by the file alone.
        using var buffer = new MemoryStream();
        ml.Model.Save(model, schema, buffer);
        using var file = new AtomicFile(ModelPath(number));
        file.Stream.Write(buffer.ToArray()); // which outlives a stream that the writer may have closed
        file.Commit();
    }

    /// <summary>The model of a trial that was recorded, in front of a backbone that is open.</summary>
    public (TransformerChain<ITransformer> Model, DataViewSchema Schema) ReadModel(MLContext ml, int number, IBackbone backbone)
    {
        if (!Backbone.Opened.Contains(backbone))
            Backbone.Register(backbone);
        var chain = (TransformerChain<ITransformer>)ml.Model.Load(ModelPath(number), out DataViewSchema schema);
        return (chain, schema);
    }

    public string CheckpointsOf(int number) => Path.Combine(_path, "checkpoints", Name(number));

    public void RemoveCheckpoints(int number)
    {
        if (Directory.Exists(CheckpointsOf(number)))
            Directory.Delete(CheckpointsOf(number), recursive: true);
    }

    public void Dispose() => _lock.Dispose();

    private void Check(string path, IReadOnlyDictionary<string, string> identity)
    {
        string file = Path.Combine(_path, Identity);
        if (!File.Exists(file))
        {
            Write(file, identity, ModelJson.Default.SweepIdentity);
            return;
        }
        IReadOnlyDictionary<string, string> there = ReadJson(file, ModelJson.Default.SweepIdentity);
        string[] differences = identity.Keys.Union(there.Keys).Where(name => there.GetValueOrDefault(name) != identity.GetValueOrDefault(name))
            .Select(name => $"{name} is {identity.GetValueOrDefault(name) ?? "not set"} here and {there.GetValueOrDefault(name) ?? "not set"} there").ToArray();
        if (differences.Length > 0)
            throw new InvalidOperationException($"The folder '{path}' holds another sweep: {string.Join("; ", differences)}. Sweep with what it was begun with, or choose another folder.");
    }

    private static void Write<T>(string path, T value, JsonTypeInfo<T> shape)
    {
        using var file = new AtomicFile(path);
        JsonSerializer.Serialize(file.Stream, value, shape);
        file.Commit();
    }

    private static T ReadJson<T>(string path, JsonTypeInfo<T> shape)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, shape) ?? throw new JsonException("It is null.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"'{path}' is damaged: {fault.Message} Remove it, and what it tells of is done again.", fault);
        }
    }

    private static string Name(int number) => number.ToString("0000", CultureInfo.InvariantCulture);

    private string RecordPath(int number) => Path.Combine(_path, "trials", Name(number) + ".json");

    private string ModelPath(int number) => Path.Combine(_path, "trials", Name(number) + ".zip");
}
