using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>The ordinary help with an example at its end.</summary>
internal sealed class HelpWithExample(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = help.Invoke(parseResult);
        string example = parseResult.CommandResult.Command is ExampleCommand command ? command.Example : "softprompt demo";
        parseResult.InvocationConfiguration.Output.WriteLine($"Example:\n  {example}");
        return code;
    }
}

/// <summary>A command whose help ends with an example that works in the repository's root.</summary>
internal sealed class ExampleCommand(string name, string description, string example) : Command(name, description)
{
    public string Example => example;
}
