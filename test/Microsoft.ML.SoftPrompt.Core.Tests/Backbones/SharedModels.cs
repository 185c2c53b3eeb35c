namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Models too large for the repository, in ../shared/models beside the checkout. Where a model is not there the test is skipped.</summary>
internal static class SharedModels
{
    public static string PathOf(string relative)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "shared", "models", relative);
            if (Path.Exists(path))
                return path;
        }
        throw new SkipException($"Skipped: the model '{relative}' is not under ../shared/models.");
    }
}
