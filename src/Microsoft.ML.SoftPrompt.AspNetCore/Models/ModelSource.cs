namespace Microsoft.ML.SoftPrompt.AspNetCore.Models;

/// <summary>The model that is served, and what is wrong with its file where something is.</summary>
internal sealed class ModelSource
{
    private volatile ServedModel? _current;
    private volatile ModelFault? _fault;

    /// <summary>Gets the model; null before one could be loaded.</summary>
    public ServedModel? Current => _current;

    /// <summary>Gets why the file as it is now is not the model that is served; null where it is.</summary>
    public ModelFault? Fault => _fault;

    public void Serve(ServedModel model)
    {
        _current = model;
        _fault = null;
    }

    public void Keep(ModelFault? fault) => _fault = fault;
}

/// <summary>Why a file could not be served.</summary>
/// <param name="At">When it was found.</param>
/// <param name="Message">For the log; it may name paths.</param>
/// <param name="Public">For answers.</param>
internal sealed record ModelFault(DateTimeOffset At, string Message, string Public);
