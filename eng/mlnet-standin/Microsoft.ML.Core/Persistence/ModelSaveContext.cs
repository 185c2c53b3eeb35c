using System;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Where a component writes itself: a stream with a header, in a folder of a model file.</summary>
public sealed class ModelSaveContext : IDisposable
{
    internal readonly RepositoryWriter Repository;
    internal readonly string Directory;
    internal readonly BinaryWriter Writer;
    internal readonly NormStr.Pool Strings = new();
    internal readonly long FpMin;
    internal ModelHeader Header;

    private readonly Repository.Entry _entry;
    private string _loaderAssemblyName;
    private bool _done;

    internal ModelSaveContext(RepositoryWriter rep, string dir, string name)
    {
        ArgumentNullException.ThrowIfNull(rep);
        Repository = rep;
        Directory = dir;
        _entry = rep.CreateEntry(dir, name);
        Writer = new(_entry.Stream, Encoding.UTF8, leaveOpen: true);
        ModelHeader.BeginWrite(Writer, out FpMin, out Header);
    }

    internal ModelSaveContext(BinaryWriter writer, IExceptionContext ectx = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Writer = writer;
        ModelHeader.BeginWrite(Writer, out FpMin, out Header);
    }

    internal bool InRepository => Repository is not null;

    public void Dispose()
    {
        if (_entry is null)
            return;
        Writer.Dispose();
        _entry.Dispose();
    }

    internal static void Save(BinaryWriter writer, Action<ModelSaveContext> fn)
    {
        using var ctx = new ModelSaveContext(writer);
        fn(ctx);
        ctx.Done();
    }

    internal static void SaveModel<T>(RepositoryWriter rep, T value, string path)
        where T : class
    {
        if (value is not ICanSaveModel savable)
            return;
        using var ctx = new ModelSaveContext(rep, path, ModelLoadContext.ModelStreamName);
        savable.Save(ctx);
        ctx.Done();
    }

    internal void SaveModel<T>(T value, string name)
        where T : class =>
        SaveModel(CheckedRepository(), value, Path.Combine(Directory ?? "", name));

    internal void SaveSubModel(string dir, Action<ModelSaveContext> fn)
    {
        using var ctx = new ModelSaveContext(CheckedRepository(), Path.Combine(Directory ?? "", dir), ModelLoadContext.ModelStreamName);
        fn(ctx);
        ctx.Done();
    }

    internal void SaveBinaryStream(string name, Action<BinaryWriter> action)
    {
        using var entry = CheckedRepository().CreateEntry(Directory, name);
        using var writer = new BinaryWriter(entry.Stream, Encoding.UTF8, leaveOpen: true);
        action(writer);
    }

    internal void SaveTextStream(string name, Action<TextWriter> action)
    {
        using var entry = CheckedRepository().CreateEntry(Directory, name);
        using var writer = new StreamWriter(entry.Stream, new UTF8Encoding(false), leaveOpen: true);
        action(writer);
    }

    internal void SetVersionInfo(VersionInfo ver)
    {
        Header.SetVersionInfo(ver);
        _loaderAssemblyName = ver.LoaderAssemblyName;
    }

    internal void SaveString(string str)
    {
        ArgumentNullException.ThrowIfNull(str);
        Writer.Write(Strings.Add(str));
    }

    internal void SaveString(ReadOnlyMemory<char> str) => SaveString(str.ToString());

    internal void SaveStringOrNull(string str) => Writer.Write(str is null ? -1 : Strings.Add(str));

    internal void SaveNonEmptyString(string str)
    {
        ArgumentException.ThrowIfNullOrEmpty(str);
        SaveString(str);
    }

    internal void SaveNonEmptyString(ReadOnlyMemory<char> str) => SaveNonEmptyString(str.ToString());

    internal void CheckAtModel()
    {
        if (Writer.BaseStream.Position != FpMin + Header.FpModel)
            throw new InvalidOperationException("Part of the model is written already.");
    }

    internal void Done()
    {
        if (_done)
            throw new InvalidOperationException("The model is written already.");
        _done = true;
        Header.EndWrite(Writer, FpMin, Strings.ToArray(), _loaderAssemblyName);
    }

    private RepositoryWriter CheckedRepository() => Repository ?? throw new InvalidOperationException("Can't save a sub-model when not writing to a repository");
}
