using System.IO.Compression;
using System.Text.Json;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>ML.NET's model file with the tool's own notes beside.</summary>
internal static class ModelFile
{
    private const string ModelEntry = "TransformerChain/Model.key";

    public static void Save(MLContext ml, LearnedModel model, ModelNotes notes, AtomicFile file)
    {
        using (var buffer = new MemoryStream())
        {
            ml.Model.Save(model.Chain, model.WindowsSchema, buffer);
            // From the array, which outlives a stream that the writer may have closed.
            file.Stream.Write(buffer.ToArray());
        }
        file.Stream.Position = 0;
        using (var zip = new ZipArchive(file.Stream, ZipArchiveMode.Update, leaveOpen: true))
        using (Stream entry = zip.CreateEntry(ModelNotes.EntryName).Open())
            entry.Write(notes.ToJson());
        file.Commit();
    }

    /// <param name="window">The window asked for, or null for the model's own.</param>
    /// <param name="stride">The stride asked for, or null for the model's own.</param>
    public static AppliedModel Load(MLContext ml, string path, int? window = null, int? stride = null)
    {
        if (!File.Exists(path))
            throw new ToolException($"There is no model '{path}'. Train one with: softprompt train --data FILES --model {path}");
        ModelNotes? notes = ReadNotes(path);
        (ITransformer chain, DataViewSchema schema) = LoadChain(ml, path);
        SoftPromptAnomalyTransformer predictor = (chain as IEnumerable<ITransformer> ?? [chain]).OfType<SoftPromptAnomalyTransformer>().LastOrDefault()
            ?? throw new ToolException($"'{path}' is an ML.NET model, but without a soft prompt in it. Give a model that softprompt train saved.");
        if (notes is null && (window is null || stride is null))
            throw new ToolException($"'{path}' was not saved by softprompt train and does not say how series were cut into windows. Name --window and --stride as they were in training.");
        TrainingSettings settings = notes?.Settings ?? new TrainingSettings();
        settings = settings with { Window = window ?? settings.Window, Stride = stride ?? settings.Stride, PointLabels = predictor.Model.LabelsPoints };
        return new AppliedModel(chain, schema, predictor.Model, settings, notes);
    }

    private static (ITransformer Chain, DataViewSchema Schema) LoadChain(MLContext ml, string path)
    {
        try
        {
            return (ml.Model.Load(path, out DataViewSchema schema), schema);
        }
        catch (Exception fault)
        {
            throw new ToolException($"The model '{path}' cannot be loaded: {Faults.Message(fault)}", fault);
        }
    }

    private static ModelNotes? ReadNotes(string path)
    {
        try
        {
            using ZipArchive zip = ZipFile.OpenRead(path);
            if (zip.GetEntry(ModelEntry) is null)
                throw new ToolException($"'{path}' is a zip file, but not of a model: it has no entry {ModelEntry}. Give a file that softprompt train saved.");
            return zip.GetEntry(ModelNotes.EntryName) is { } entry ? ReadNotes(entry, path) : null;
        }
        catch (InvalidDataException fault)
        {
            throw new ToolException($"'{path}' is not a whole zip file: cut short, or no model at all ({fault.Message}). Copy it again, or train anew.", fault);
        }
    }

    private static ModelNotes ReadNotes(ZipArchiveEntry entry, string path)
    {
        // What an entry says of its size need not be true: read no more than is allowed.
        var bytes = new MemoryStream();
        using (Stream stream = entry.Open())
        {
            var block = new byte[81920];
            for (int read = stream.Read(block); read > 0 && bytes.Length <= ModelNotes.MaxBytes; read = stream.Read(block))
                bytes.Write(block, 0, read);
        }
        if (bytes.Length > ModelNotes.MaxBytes)
            throw new ToolException($"The entry {ModelNotes.EntryName} of '{path}' is larger than {ModelNotes.MaxBytes} bytes, which no model of this tool is. Train anew.");
        try
        {
            return ModelNotes.FromJson(bytes.ToArray());
        }
        catch (JsonException fault)
        {
            throw new ToolException($"The entry {ModelNotes.EntryName} of '{path}' is damaged: {fault.Message} Copy the file again, or train anew.", fault);
        }
    }
}

/// <summary>A model that was loaded, and how it is applied.</summary>
/// <param name="Schema">The schema of what the chain takes.</param>
/// <param name="Notes">Null for a model that another program saved.</param>
internal sealed record AppliedModel(ITransformer Chain, DataViewSchema Schema, SoftPromptModelParameters Parameters, TrainingSettings Settings, ModelNotes? Notes);
