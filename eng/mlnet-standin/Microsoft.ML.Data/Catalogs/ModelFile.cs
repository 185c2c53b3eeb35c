using System;
using System.IO;
using System.Reflection;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The entries of a saved model: version, input schema, and the transformer in a folder.</summary>
internal static class ModelFile
{
    private const string SchemaEntry = "Schema";
    private const string VersionDirectory = "TrainingInfo";
    private const string VersionEntry = "Version.txt";

    public static void Save(ITransformer model, DataViewSchema inputSchema, Stream stream)
    {
        using var repository = RepositoryWriter.CreateNew(stream);
        using (var entry = repository.CreateEntry(VersionDirectory, VersionEntry))
        using (var writer = new StreamWriter(entry.Stream, new UTF8Encoding(false), leaveOpen: true))
            writer.WriteLine(typeof(ModelFile).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
        ModelSaveContext.SaveModel(repository, model, TransformerChain.LoaderSignature);
        if (inputSchema is not null)
        {
            using var entry = repository.CreateEntry(SchemaEntry);
            using var writer = new BinaryWriter(entry.Stream, Encoding.UTF8, leaveOpen: true);
            SchemaCodec.Write(writer, inputSchema);
        }
        repository.Commit();
    }

    public static ITransformer Load(IHostEnvironment env, Stream stream, out DataViewSchema inputSchema)
    {
        using var repository = RepositoryReader.Open(stream, env);
        inputSchema = null;
        using (var entry = repository.OpenEntryOrNull(SchemaEntry))
        {
            if (entry is not null)
            {
                using var reader = new BinaryReader(entry.Stream, Encoding.UTF8, leaveOpen: true);
                inputSchema = SchemaCodec.Read(reader);
                ModelLoadContext.LoadModel<ITransformer, SignatureLoadModel>(env, out var model, repository, TransformerChain.LoaderSignature);
                return model;
            }
        }
        if (ModelLoadContext.LoadModelOrNull<ITransformer, SignatureLoadModel>(env, out var withoutSchema, repository, TransformerChain.LoaderSignature))
            return withoutSchema;
        throw new InvalidOperationException(
            "Could not load legacy format model", Contracts.ExceptDecode($"Repository doesn't contain entry {TransformerChain.LoaderSignature}/{ModelLoadContext.ModelStreamName}"));
    }
}
