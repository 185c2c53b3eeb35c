using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.ZeroShot;

/// <summary>A chat endpoint on this machine that behaves as a test tells it to, down to the bytes. A connection serves one request.</summary>
internal sealed class ChatServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly Func<Request, Task> _answer;
    private int _count, _underWay, _mostUnderWay;

    /// <param name="answer">Writes an answer, or does something else with the connection.</param>
    public ChatServer(Func<Request, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = Serve();
    }

    public Uri Endpoint => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1");

    /// <summary>Gets the requests so far, in no order.</summary>
    public ConcurrentBag<Request> Requests { get; } = [];

    /// <summary>Gets how many requests were under way at once at most.</summary>
    public int MostUnderWay => _mostUnderWay;

    /// <summary>A server whose every answer has these words.</summary>
    public static ChatServer Saying(Func<Request, string> words) => new(request => request.Say(words(request)));

    /// <summary>A chat completion.</summary>
    public static string Completion(string? content, string? refusal = null, string finish = "stop") => JsonSerializer.Serialize(new
    {
        id = "chatcmpl-1",
        @object = "chat.completion",
        model = "small-1",
        choices = new[] { new { index = 0, message = new { role = "assistant", content, refusal }, finish_reason = finish } },
        usage = new { prompt_tokens = 100, completion_tokens = 7, total_tokens = 107 },
    });

    public void Dispose()
    {
        _ended.Cancel();
        _listener.Dispose();
    }

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                TcpClient connection = await _listener.AcceptTcpClientAsync(_ended.Token);
                _ = Serve(connection);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException or SocketException)
        {
        }
    }

    private async Task Serve(TcpClient connection)
    {
        using (connection)
        {
            try
            {
                NetworkStream stream = connection.GetStream();
                var received = new StringBuilder();
                var buffer = new byte[1 << 14];
                int end = -1, length = 0;
                while (end < 0 || received.Length < end + length)
                {
                    int count = await stream.ReadAsync(buffer, _ended.Token);
                    if (count == 0)
                        return;
                    received.Append(Encoding.Latin1.GetString(buffer, 0, count));
                    string text = received.ToString();
                    if (end < 0 && text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and int head)
                    {
                        end = head + 4;
                        length = int.Parse(text.Split("Content-Length: ")[1].Split('\r')[0], CultureInfo.InvariantCulture);
                    }
                }
                int underWay = Interlocked.Increment(ref _underWay);
                for (int most; (most = _mostUnderWay) < underWay;)
                    Interlocked.CompareExchange(ref _mostUnderWay, underWay, most);
                var request = new Request(Interlocked.Increment(ref _count) - 1, received.ToString()[..end], received.ToString()[end..], stream, DateTime.UtcNow, _ended.Token);
                Requests.Add(request);
                await _answer(request);
                Interlocked.Decrement(ref _underWay);
            }
            catch (Exception fault) when (fault is OperationCanceledException or IOException or ObjectDisposedException)
            {
                // The client has what it wants, or the test is over.
                Interlocked.Decrement(ref _underWay);
            }
        }
    }

    /// <param name="Number">From 0 on, in the order they came.</param>
    internal sealed record Request(int Number, string Head, string Body, NetworkStream Stream, DateTime Time, CancellationToken Ended)
    {
        /// <summary>Gets what the model is asked.</summary>
        public string Question => JsonDocument.Parse(Body).RootElement.GetProperty("messages")[1].GetProperty("content").GetString()!;

        /// <summary>Answers with the model's words.</summary>
        public Task Say(string words) => Send(Completion(words));

        /// <summary>Answers with a body.</summary>
        public async Task Send(string body, string status = "200 OK", params string[] headers)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(body);
            await SendRaw($"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {bytes.Length}\r\nConnection: close\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n");
            await Stream.WriteAsync(bytes, Ended);
        }

        /// <summary>Sends bytes as they are.</summary>
        public async Task SendRaw(string raw) => await Stream.WriteAsync(Encoding.UTF8.GetBytes(raw), Ended);
    }
}
