using System;
using System.IO;
using System.Reflection;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>What a component reads itself from: a stream with a header, in a folder of a model file.</summary>
internal sealed class ModelLoadContext : IDisposable
{
    public const string ModelStreamName = "Model.key";
    internal const string NameBinary = "Model.bin";

    public readonly RepositoryReader Repository;
    public readonly string Directory;
    public readonly BinaryReader Reader;
    public readonly string[] Strings;
    public readonly string LoaderAssemblyName;
    public readonly long FpMin;
    internal ModelHeader Header;

    private readonly Repository.Entry _entry;

    internal ModelLoadContext(RepositoryReader rep, Repository.Entry ent, string dir)
    {
        ArgumentNullException.ThrowIfNull(rep);
        ArgumentNullException.ThrowIfNull(ent);
        Repository = rep;
        Directory = dir;
        _entry = ent;
        Reader = new(ent.Stream, Encoding.UTF8, leaveOpen: true);
        ModelHeader.BeginRead(Reader, out FpMin, out Header, out Strings, out LoaderAssemblyName);
    }

    internal ModelLoadContext(BinaryReader reader, IExceptionContext ectx = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        Reader = reader;
        ModelHeader.BeginRead(Reader, out FpMin, out Header, out Strings, out LoaderAssemblyName);
    }

    public bool InRepository => Repository is not null;

    public static void LoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, RepositoryReader rep, string dir, params object[] extra)
        where TRes : class
    {
        if (!LoadModelOrNull<TRes, TSig>(env, out result, rep, dir, extra))
            throw Contracts.ExceptDecode("Corrupt model file");
    }

    public static void LoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, RepositoryReader rep, Repository.Entry ent, string dir, params object[] extra)
        where TRes : class
    {
        using var ctx = new ModelLoadContext(rep, ent, dir);
        if (!ctx.TryLoad<TRes, TSig>(env, out result, extra))
            throw Contracts.ExceptDecode($"Couldn't load model: '{dir}'");
    }

    public static void LoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, Stream stream, params object[] extra)
        where TRes : class
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        LoadModel<TRes, TSig>(env, out result, reader, extra);
    }

    public static void LoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, BinaryReader reader, params object[] extra)
        where TRes : class
    {
        if (!TryLoadModel<TRes, TSig>(env, out result, reader, extra))
            throw Contracts.ExceptDecode("Couldn't load model");
    }

    public static bool TryLoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, Stream stream, params object[] extra)
        where TRes : class
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        return TryLoadModel<TRes, TSig>(env, out result, reader, extra);
    }

    public static bool TryLoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, BinaryReader reader, params object[] extra)
        where TRes : class
    {
        using var ctx = new ModelLoadContext(reader, env);
        return ctx.TryLoad<TRes, TSig>(env, out result, extra);
    }

    public static bool LoadModelOrNull<TRes, TSig>(IHostEnvironment env, out TRes result, RepositoryReader rep, string dir, params object[] extra)
        where TRes : class
    {
        using var entry = rep.OpenEntryOrNull(dir, ModelStreamName);
        result = null;
        if (entry is not null)
            LoadModel<TRes, TSig>(env, out result, rep, entry, dir, extra);
        return entry is not null;
    }

    public void LoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, string name, params object[] extra)
        where TRes : class =>
        LoadModel<TRes, TSig>(env, out result, CheckedRepository(), Path.Combine(Directory ?? "", name), extra);

    public bool LoadModelOrNull<TRes, TSig>(IHostEnvironment env, out TRes result, string name, params object[] extra)
        where TRes : class =>
        LoadModelOrNull<TRes, TSig>(env, out result, CheckedRepository(), Path.Combine(Directory ?? "", name), extra);

    public bool ContainsModel(string name)
    {
        if (!InRepository || string.IsNullOrEmpty(name))
            return false;
        using var entry = Repository.OpenEntryOrNull(Path.Combine(Directory ?? "", name), ModelStreamName);
        return entry is not null;
    }

    public bool TryProcessSubModel(string dir, Action<ModelLoadContext> action)
    {
        string path = Path.Combine(Directory ?? "", dir);
        using var entry = CheckedRepository().OpenEntryOrNull(path, ModelStreamName);
        if (entry is null)
            return false;
        using var ctx = new ModelLoadContext(Repository, entry, path);
        action(ctx);
        return true;
    }

    public bool TryLoadBinaryStream(string name, Action<BinaryReader> action)
    {
        using var entry = CheckedRepository().OpenEntryOrNull(Directory, name);
        if (entry is null)
            return false;
        using var reader = new BinaryReader(entry.Stream, Encoding.UTF8, leaveOpen: true);
        action(reader);
        return true;
    }

    public bool TryLoadTextStream(string name, Action<TextReader> action)
    {
        using var entry = CheckedRepository().OpenEntryOrNull(Directory, name);
        if (entry is null)
            return false;
        using var reader = new StreamReader(entry.Stream);
        action(reader);
        return true;
    }

    public string LoadStringOrNull()
    {
        int id = Reader.ReadInt32();
        ModelHeader.Check(id >= -1 && id < Strings.Length, "Corrupt model file: a string's number is out of range");
        return id < 0 ? null : Strings[id];
    }

    public string LoadString() => LoadStringOrNull() ?? throw Contracts.ExceptDecode("Corrupt model file: a string is missing");

    public string LoadNonEmptyString()
    {
        string text = LoadString();
        ModelHeader.Check(text.Length > 0, "Corrupt model file: a string is empty");
        return text;
    }

    public void CheckVersionInfo(VersionInfo ver) => Header.CheckVersionInfo(ver);

    public void CheckAtModel()
    {
        if (Reader.BaseStream.Position != FpMin + Header.FpModel)
            throw new InvalidOperationException("Part of the model is read already.");
    }

    public void CheckAtModel(VersionInfo ver)
    {
        CheckVersionInfo(ver);
        CheckAtModel();
    }

    public void Done() => Reader.BaseStream.Position = FpMin + Header.FpTail + sizeof(ulong);

    public void Dispose()
    {
        if (_entry is not null)
            Reader.Dispose();
    }

    private RepositoryReader CheckedRepository() => Repository ?? throw new InvalidOperationException("Can't load a sub-model when not reading from a repository");

    private bool TryLoad<TRes, TSig>(IHostEnvironment env, out TRes result, object[] extra)
        where TRes : class
    {
        if (!string.IsNullOrEmpty(LoaderAssemblyName))
            env.ComponentCatalog.RegisterAssembly(Assembly.Load(new AssemblyName(LoaderAssemblyName)));
        object[] args = [this, .. extra ?? []];
        foreach (string signature in new[] { Header.LoaderSignature, Header.LoaderSignatureAlt })
        {
            if (string.IsNullOrWhiteSpace(signature) || !env.ComponentCatalog.TryFind(typeof(TSig), signature, out var loadable))
                continue;
            result = loadable.CreateInstance(env, args) as TRes;
            if (result is null)
                continue;
            Done();
            return true;
        }
        result = null;
        return false;
    }
}
