using System.Net;
using Microsoft.AspNetCore.Http;

namespace Microsoft.ML.SoftPrompt.Tool.Serving;

/// <summary>Where the service listens.</summary>
internal static class ServedAddresses
{
    /// <summary>Checks addresses parted by semicolons, and warns of those that others can reach.</summary>
    /// <exception cref="ToolException">One is no address of HTTP.</exception>
    public static string Check(string urls, ToolConsole console)
    {
        foreach (string url in urls.Split(';'))
        {
            BindingAddress address = Parse(url);
            if (!address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) && !(IPAddress.TryParse(address.Host, out IPAddress? ip) && IPAddress.IsLoopback(ip)))
                console.Warn($"{url} can be reached from other machines, and there is no authentication: whoever reaches it can have series scored and read the metrics. Put a proxy before it that asks who they are (docs/serving.md).");
        }
        return urls;
    }

    private static BindingAddress Parse(string url)
    {
        try
        {
            BindingAddress address = BindingAddress.Parse(url);
            if (address is { Scheme: "http", PathBase: "" })
                return address;
        }
        catch (FormatException)
        {
            // Said below.
        }
        throw new ToolException($"--urls has '{url}'; expected http://ADDRESS:PORT, such as http://127.0.0.1:5000. For https put a proxy before it.");
    }
}
