using System.Runtime.InteropServices;

namespace Microsoft.ML.SoftPrompt.Tool;

internal static class Program
{
    public static int Main(string[] args)
    {
        using var cancellation = new CancellationTokenSource();
        // The first signal ends the work in an orderly way; a second one ends the process at once.
        void Cancel(PosixSignalContext signal)
        {
            signal.Cancel = !cancellation.IsCancellationRequested;
            cancellation.Cancel();
        }
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        return Application.Run(args, ToolConsole.ForProcess(), cancellation.Token);
    }
}
