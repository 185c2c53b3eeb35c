using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Microsoft.ML.SoftPrompt.Tests.Reports;

/// <summary>A Chromium without a window, driven over the DevTools protocol: one page, real input events, and all that its console said.</summary>
#pragma warning disable CA1001 // xunit calls DisposeAsync.
public sealed class Browser : IAsyncLifetime
#pragma warning restore CA1001
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClientWebSocket _socket = new();
    private readonly string _profile = Directory.CreateTempSubdirectory("softprompt-browser-").FullName;
    private Process? _process;
    private int _lastId;

    /// <summary>Gets what the console, exceptions and the browser's own log said since the page was opened.</summary>
    public List<string> Console { get; } = [];

    public async Task InitializeAsync()
    {
        if (Places.FirstOrDefault(File.Exists) is not { } program)
            return;
        var start = new ProcessStartInfo(program) { RedirectStandardError = true };
        foreach (string argument in new[] { "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0", $"--user-data-dir={_profile}", "about:blank" })
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        string address = await Listening(_process.StandardError).WaitAsync(Patience);
        _ = _process.StandardError.ReadToEndAsync(); // or the browser would wait for its reader
        using var http = new HttpClient();
        using JsonDocument pages = JsonDocument.Parse(await http.GetStringAsync(new Uri($"http://{new Uri(address).Authority}/json/list")));
        string page = pages.RootElement.EnumerateArray().First(one => one.GetProperty("type").GetString() == "page").GetProperty("webSocketDebuggerUrl").GetString()!;
        await _socket.ConnectAsync(new Uri(page), default);
        foreach (string domain in new[] { "Page", "Runtime", "Log" })
            await Send($"{domain}.enable");
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            _socket.Dispose();
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        Directory.Delete(_profile, recursive: true);
    }

    public void SkipWhereThereIsNone() => Skip.If(_process is null, $"Skipped: there is no browser at {string.Join(", ", Places)}.");

    public async Task Open(string file, bool phone = false, bool dark = false)
    {
        await Send("Emulation.setDeviceMetricsOverride", new { width = phone ? 390 : 1280, height = phone ? 844 : 900, deviceScaleFactor = phone ? 2 : 1, mobile = phone });
        await Send("Emulation.setTouchEmulationEnabled", new { enabled = phone });
        await Send("Emulation.setEmulatedMedia", new { features = new[] { new { name = "prefers-color-scheme", value = dark ? "dark" : "light" } } });
        await Send("Page.navigate", new { url = "about:blank" });
        Console.Clear();
        await Send("Page.navigate", new { url = new Uri(file).AbsoluteUri });
        await Evaluate("new Promise(done => { const look = () => location.protocol !== 'about:' && document.readyState === 'complete' ? done() : setTimeout(look, 20); look(); })");
        await Settle();
    }

    /// <summary>Waits until what was asked for is drawn.</summary>
    public Task Settle() => Evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");

    public async Task<string> Text(string id) => (await Evaluate($"document.getElementById('{id}').textContent")).GetString()!;

    public async Task<JsonElement> Evaluate(string expression)
    {
        JsonElement answer = await Send("Runtime.evaluate", new { expression, returnByValue = true, awaitPromise = true });
        answer.TryGetProperty("exceptionDetails", out JsonElement fault).Should().BeFalse("{0} should not throw {1}", expression, fault);
        return answer.GetProperty("result").TryGetProperty("value", out JsonElement value) ? value : default;
    }

    /// <summary>A place on an element, as shares of its width and height, in the page's pixels; the element is scrolled into view.</summary>
    public async Task<(double X, double Y)> Place(string selector, double across, double down)
    {
        await Evaluate($"document.querySelector('{selector}').scrollIntoView({{ block: 'center', behavior: 'instant' }})");
        await Settle();
        JsonElement box = await Evaluate($"(({{ left, top, width, height }}) => [left, top, width, height])(document.querySelector('{selector}').getBoundingClientRect())");
        double[] sides = box.EnumerateArray().Select(side => side.GetDouble()).ToArray();
        return (sides[0] + across * sides[2], sides[1] + down * sides[3]);
    }

    public async Task Mouse(string type, (double X, double Y) place, bool pressed, int clicks = 1, int modifiers = 0) =>
        await Send("Input.dispatchMouseEvent", new { type, x = place.X, y = place.Y, button = pressed ? "left" : "none", buttons = pressed && type != "mouseReleased" ? 1 : 0, clickCount = pressed ? clicks : 0, modifiers });

    public async Task Drag(string selector, double from, double to, int modifiers = 0)
    {
        (double X, double Y) start = await Place(selector, from, 0.5), end = await Place(selector, to, 0.5);
        await Mouse("mouseMoved", start, pressed: false, modifiers: modifiers);
        await Mouse("mousePressed", start, pressed: true, modifiers: modifiers);
        await Mouse("mouseMoved", ((start.X + end.X) / 2, start.Y), pressed: true, modifiers: modifiers);
        await Mouse("mouseMoved", end, pressed: true, modifiers: modifiers);
        await Mouse("mouseReleased", end, pressed: true, modifiers: modifiers);
        await Settle();
    }

    public async Task Click(string selector, int clicks = 1)
    {
        (double X, double Y) place = await Place(selector, 0.5, 0.5);
        for (int click = 1; click <= clicks; click++)
        {
            await Mouse("mousePressed", place, pressed: true, click);
            await Mouse("mouseReleased", place, pressed: true, click);
        }
        await Settle();
    }

    public async Task Press(string key, int times = 1)
    {
        for (int i = 0; i < times; i++)
        {
            await Send("Input.dispatchKeyEvent", new { type = "keyDown", key, code = key, windowsVirtualKeyCode = key switch { "ArrowLeft" => 37, "ArrowRight" => 39, "End" => 35, "Home" => 36, _ => 0 } });
            await Send("Input.dispatchKeyEvent", new { type = "keyUp", key, code = key });
        }
        await Settle();
    }

    /// <summary>Fingers from places to places, all at once.</summary>
    public async Task Touch((double X, double Y)[] from, (double X, double Y)[] to)
    {
        object Points(double share) => from.Zip(to, (start, end) => new { x = start.X + share * (end.X - start.X), y = start.Y + share * (end.Y - start.Y) }).ToArray();
        await Send("Input.dispatchTouchEvent", new { type = "touchStart", touchPoints = Points(0) });
        for (int step = 1; step <= 5; step++)
            await Send("Input.dispatchTouchEvent", new { type = "touchMove", touchPoints = Points(step / 5.0) });
        await Send("Input.dispatchTouchEvent", new { type = "touchEnd", touchPoints = Array.Empty<object>() });
        await Settle();
    }

    public async Task<JsonElement> Send(string method, object? parameters = null)
    {
        int id = ++_lastId;
        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters ?? new { } }), WebSocketMessageType.Text, endOfMessage: true, default);
        // A page that hangs ends the connection, so that the tests behind it fail at once.
        using var impatience = new CancellationTokenSource(Patience);
        while (true)
        {
            JsonElement message = await Receive(impatience.Token);
            if (message.TryGetProperty("id", out JsonElement answered) && answered.GetInt32() == id)
                return message.TryGetProperty("result", out JsonElement result) ? result : throw new InvalidOperationException($"{method}: {message}");
            if (message.TryGetProperty("method", out JsonElement happened) && happened.GetString() is "Runtime.consoleAPICalled" or "Runtime.exceptionThrown" or "Log.entryAdded")
                Console.Add(message.ToString());
        }
    }

    private async Task<JsonElement> Receive(CancellationToken cancellation)
    {
        using var message = new MemoryStream();
        var part = new byte[65536];
        WebSocketReceiveResult received;
        do
        {
            received = await _socket.ReceiveAsync(part, cancellation);
            message.Write(part, 0, received.Count);
        }
        while (!received.EndOfMessage);
        return JsonSerializer.Deserialize<JsonElement>(message.ToArray());
    }

    private static async Task<string> Listening(StreamReader error)
    {
        while (await error.ReadLineAsync() is { } line)
        {
            Match match = Regex.Match(line, @"DevTools listening on (ws://\S+)");
            if (match.Success)
                return match.Groups[1].Value;
        }
        throw new InvalidOperationException("The browser ended before it listened.");
    }
}
