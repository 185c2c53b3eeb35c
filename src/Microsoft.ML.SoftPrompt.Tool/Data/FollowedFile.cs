namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>
/// A file that others append to. One that became shorter, or that another took the place of, is read from its start. That it is another is
/// told by its length, which everywhere can be asked for.
/// </summary>
internal sealed class FollowedFile : LiveSource
{
    private readonly string _path;
    private readonly ToolConsole _console;
    private FileStream _stream;
    private bool _isGone;

    public FollowedFile(string path, ToolConsole console)
    {
        (_path, _console) = (path, console);
        _stream = Open();
    }

    public override LiveRead Read(byte[] buffer, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        bool startsAnew = false;
        int count = _stream.Read(buffer);
        if (count == 0 && (IsShorter() || IsReplaced()))
        {
            startsAnew = true;
            count = _stream.Read(buffer);
        }
        if (count == 0)
            cancellation.WaitHandle.WaitOne(Patience);
        return new LiveRead(count, startsAnew);
    }

    public override void Dispose() => _stream.Dispose();

    private bool IsShorter()
    {
        if (_stream.Length >= _stream.Position)
            return false;
        _console.Warn($"{_path} became shorter; reading it from its start.");
        _stream.Position = 0;
        return true;
    }

    /// <summary>Whether another file stands there now, which then is the one that is read; the old one has been read to its end.</summary>
    private bool IsReplaced()
    {
        long before = _stream.Length;
        FileStream there;
        try
        {
            there = Open();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (!_isGone)
                _console.Warn($"{_path} cannot be opened any more ({fault.Message.TrimEnd('.')}); waiting for it.");
            _isGone = true;
            return false;
        }
        long length = there.Length;
        // The same file can only have grown while both were looked at.
        if (length >= before && length <= _stream.Length || _stream.Length > _stream.Position)
        {
            there.Dispose();
            _isGone = false;
            return false;
        }
        _console.Warn($"{_path} was replaced; reading the new file from its start.");
        _stream.Dispose();
        (_stream, _isGone) = (there, false);
        return true;
    }

    private FileStream Open() => new(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
