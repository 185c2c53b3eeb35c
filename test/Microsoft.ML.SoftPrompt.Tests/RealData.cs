namespace Microsoft.ML.SoftPrompt.Tests;

/// <summary>Real data, read by path: the folder that SOFTPROMPT_DATA names, or shared/data beside the checkout. Where neither is, the test is skipped.</summary>
internal static class RealData
{
    public static string Folder(string relative)
    {
        foreach (string candidate in Candidates())
            if (Directory.Exists(Path.Combine(candidate, relative)))
                return Path.Combine(candidate, relative);
        throw new SkipException($"Skipped: the data folder '{relative}' is neither under SOFTPROMPT_DATA nor under ../shared/data.");
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("SOFTPROMPT_DATA") is { Length: > 0 } named)
            yield return named;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            yield return Path.Combine(folder.FullName, "shared", "data");
    }
}
