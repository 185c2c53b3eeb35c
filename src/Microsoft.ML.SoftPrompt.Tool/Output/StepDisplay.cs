using Spectre.Console;

namespace Microsoft.ML.SoftPrompt.Tool.Output;

/// <summary>Says what is being done while it takes its time: in one line on a terminal, a line a step elsewhere.</summary>
internal static class StepDisplay
{
    /// <param name="work">Calls what it is given with the name of each step as it begins.</param>
    public static void Run(ToolConsole console, Action<Action<string>> work)
    {
        if (console.ErrorIsTerminal)
            console.Status.Status().Start("", context => work(step => context.Status = Markup.Escape(step)));
        else
            work(step => console.Error.WriteLine($"{step} …"));
    }
}
