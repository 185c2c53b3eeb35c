using System.Diagnostics;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>
/// The checkpoint of a training, a file in a folder: written at the start, at every epoch's end, when the training is cancelled, and every
/// half a minute within an epoch. It stays when the training has ended, and then gives its result at once.
/// </summary>
internal sealed class TrainingCheckpoint
{
    public const string FileName = "checkpoint.safetensors";

    /// <summary>What a kill costs at most; a checkpoint is some hundred kilobytes and takes milliseconds.</summary>
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);

    private readonly string _path;
    private readonly TimeSpan _interval;
    private readonly Stopwatch _sinceSaved = Stopwatch.StartNew();
    private IReadOnlyDictionary<string, string> _identity = new Dictionary<string, string>();
    private (int Epoch, int Batch, int Ended)? _saved;

    /// <param name="folder">Made where it is not there.</param>
    /// <param name="interval">Time between checkpoints within an epoch; half a minute by default.</param>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public TrainingCheckpoint(string folder, TimeSpan? interval = null)
    {
        _path = Path.Combine(Path.GetFullPath(folder), FileName);
        _interval = interval ?? s_interval;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The folder '{folder}' for checkpoints cannot be made: {fault.Message.TrimEnd('.')}. Choose another one.", fault);
        }
    }

    /// <summary>Takes up the checkpoint that is there, or else writes the first one, which proves that the folder can be written.</summary>
    /// <param name="identity">What decides the training's course.</param>
    /// <param name="state">A training's beginning; takes what the checkpoint says.</param>
    /// <param name="step">As it starts; takes the parameters and moments.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="batches">Batches in an epoch.</param>
    /// <param name="validation">The rows that validate.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="InvalidOperationException">It belongs to another training.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="IOException">It cannot be read, or the first one cannot be written.</exception>
    public bool Begin(IReadOnlyDictionary<string, string> identity, TrainingState state, SoftPromptTrainingStep step, TrainingSettings settings, int batches, ValidationRows validation)
    {
        _identity = identity;
        if (!File.Exists(_path))
        {
            Save(state, step);
            return false;
        }
        CheckpointFile.Read(_path, identity, state, step, settings, batches, validation);
        _saved = Mark(state);
        return true;
    }

    /// <summary>Writes the state if the last time was long enough ago.</summary>
    public void SaveIfDue(TrainingState state, SoftPromptTrainingStep step)
    {
        if (_sinceSaved.Elapsed >= _interval)
            Save(state, step);
    }

    /// <summary>Writes the state, unless it is written already. The file that was there stands until this one is whole and on the disk.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written any more.</exception>
    public void Save(TrainingState state, SoftPromptTrainingStep step)
    {
        if (_saved == Mark(state))
            return;
        using var file = new AtomicFile(_path);
        CheckpointFile.Write(file.Stream, _identity, state, step);
        file.Commit();
        _saved = Mark(state);
        _sinceSaved.Restart();
    }

    private static (int Epoch, int Batch, int Ended) Mark(TrainingState state) => (state.Epoch, state.Batch, state.History.Count);
}
