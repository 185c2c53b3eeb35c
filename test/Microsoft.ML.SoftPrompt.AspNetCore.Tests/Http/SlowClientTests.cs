using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Tests.Http;

[Collection(Serving.Name)]
public sealed class SlowClientTests(ToyModels models)
{
    /// <summary>The service gives a client five seconds before it wants 16 KiB a second; the rest is for a busy machine.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)] // more than the server itself would ask for
    public async Task A_client_that_sends_few_bytes_a_second_holds_up_nobody_and_is_sent_away(int bytes)
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, options => options.MaxConcurrentRequests = 2);
        using var slow = new TcpClient();
        await slow.ConnectAsync(app.Client.BaseAddress!.Host, app.Client.BaseAddress.Port);
        NetworkStream connection = slow.GetStream();
        await connection.WriteAsync(Encoding.ASCII.GetBytes("POST /score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"));
        Task<string> end = End(connection);

        var watch = Stopwatch.StartNew();
        while (!end.IsCompleted && watch.Elapsed < s_patience)
        {
            try
            {
                await connection.WriteAsync(Encoding.ASCII.GetBytes(new string(' ', bytes)));
            }
            catch (IOException)
            {
                break;
            }
            using HttpResponseMessage other = await app.Post("score", new { values = ToyModels.Series(12) });
            ((int)other.StatusCode).Should().Be(200, "the other place is free");
            await Task.WhenAny(end, Task.Delay(1_000));
        }

        watch.Elapsed.Should().BeLessThan(s_patience);
        (await end).Should().StartWith("HTTP/1.1 408 ");
        using HttpResponseMessage after = await app.Post("score", new { values = ToyModels.Series(12) });
        ((int)after.StatusCode).Should().Be(200);
    }

    /// <summary>Waits for the answer to the slow request, or for the end of its connection.</summary>
    private static async Task<string> End(NetworkStream connection)
    {
        try
        {
            var answer = new byte[1024];
            return Encoding.ASCII.GetString(answer, 0, await connection.ReadAsync(answer));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
