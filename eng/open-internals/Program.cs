using Microsoft.ML.SoftPrompt.OpenInternals;

// OpenInternals LIST DESTINATION ASSEMBLY…: writes to the folder DESTINATION a copy of each assembly in which what LIST names is public.
if (args.Length < 3)
{
    Console.Error.WriteLine("usage: OpenInternals LIST DESTINATION ASSEMBLY…");
    return 2;
}

try
{
    string destination = Directory.CreateDirectory(args[1]).FullName;
    var wanted = InternalsList.Read(args[0]);
    foreach (string path in args[2..])
    {
        byte[] opened = VisibilityPatch.Apply(File.ReadAllBytes(path), wanted);
        // Another build of the same project must never read half a file.
        string whole = Path.Combine(destination, Path.GetFileName(path));
        string part = $"{whole}.{Environment.ProcessId}";
        File.WriteAllBytes(part, opened);
        File.Move(part, whole, overwrite: true);
    }

    wanted.ThrowIfAnyWasNotFound(args[2..]);
    return 0;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or BadImageFormatException)
{
    Console.Error.WriteLine($"{args[0]} : error SPP002: {e.Message}");
    return 1;
}
