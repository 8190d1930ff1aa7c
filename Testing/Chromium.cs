using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Testing;

/// <summary>
/// Debian's Chromium without a window, spoken to by its own protocol (DevTools) over a web socket: enough to open a page and ask it something.
/// </summary>
public sealed class Chromium : IAsyncDisposable
{
    /// <summary>Where it is.</summary>
    public const string Path = "/usr/bin/chromium";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-chromium-").FullName;
    private readonly ClientWebSocket _socket = new();
    private Process? _process;
    private int _number;
    private string _session = "";

    /// <summary>Opens a page, and waits until its scripts have run.</summary>
    public static async Task<Chromium> OpenAsync(string page)
    {
        var browser = new Chromium();
        try
        {
            await browser.StartAsync(new Uri(page));
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Evaluates a script in the page; a promise is waited for. The result is what JSON can hold of it.</summary>
    public async Task<JsonNode?> EvaluateAsync(string script)
    {
        var answer = await SendAsync("Runtime.evaluate", new JsonObject { ["expression"] = script, ["awaitPromise"] = true, ["returnByValue"] = true });
        return answer["exceptionDetails"] is { } failure
            ? throw new InvalidOperationException(failure.ToJsonString())
            : answer["result"]!["value"]?.DeepClone();
    }

    /// <summary>Gives files, or a folder, to an input of the page.</summary>
    public async Task ChooseAsync(string selector, params string[] paths)
    {
        var element = await SendAsync("Runtime.evaluate", new JsonObject { ["expression"] = $"document.querySelector({JsonSerializer.Serialize(selector)})" });
        await SendAsync("DOM.setFileInputFiles", new JsonObject
        {
            ["objectId"] = element["result"]!["objectId"]!.DeepClone(),
            ["files"] = new JsonArray([.. paths.Select(path => (JsonNode)path)]),
        });
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync(Uri page)
    {
        _process = Process.Start(new ProcessStartInfo(Path,
        [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--remote-debugging-port=0",
            $"--user-data-dir={_folder}", "about:blank",
        ])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        await _socket.ConnectAsync(await ReadAddressAsync(_process.StandardError), CancellationToken.None);
        var target = await SendAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
        var attached = await SendAsync("Target.attachToTarget", new JsonObject { ["targetId"] = target["targetId"]!.DeepClone(), ["flatten"] = true });
        _session = attached["sessionId"]!.ToString();
        await SendAsync("Page.navigate", new JsonObject { ["url"] = page.AbsoluteUri });
        var isThere = $"document.readyState === 'complete' && location.href === {JsonSerializer.Serialize(page.AbsoluteUri)}";
        while (await EvaluateAsync(isThere) is not { } there || !there.GetValue<bool>())
            await Task.Yield();
    }

    private static async Task<Uri> ReadAddressAsync(StreamReader output)
    {
        const string Start = "DevTools listening on ";
        while (await output.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(Start, StringComparison.Ordinal))
            {
                // It goes on talking; a full pipe would stop it.
                _ = output.BaseStream.CopyToAsync(Stream.Null);
                return new Uri(line[Start.Length..]);
            }
        }
        throw new InvalidOperationException("Chromium ended before it listened.");
    }

    private async Task<JsonNode> SendAsync(string method, JsonObject parameters)
    {
        var number = ++_number;
        var message = new JsonObject { ["id"] = number, ["method"] = method, ["params"] = parameters };
        if (_session.Length > 0)
            message["sessionId"] = _session;
        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, CancellationToken.None);
        while (true)
        {
            var answer = await ReceiveAsync();
            if (answer["id"]?.GetValue<int>() == number)
                return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer["error"]?.ToJsonString()}");
        }
    }

    private async Task<JsonNode> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return JsonNode.Parse(message.ToArray())!;
        }
    }
}

/// <summary>A test of what a recipient runs: Debian's Python with <c>cryptography</c>, and Chromium.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RecipientFactAttribute : FactAttribute
{
    public RecipientFactAttribute() => Skip = Recipient.Missing;
}

/// <summary>As the other one, with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RecipientTheoryAttribute : TheoryAttribute
{
    public RecipientTheoryAttribute() => Skip = Recipient.Missing;
}

/// <summary>The programs of a recipient.</summary>
public static class Recipient
{
    /// <summary>Debian's own Python.</summary>
    public const string Python = "/usr/bin/python3";

    /// <summary>Why they cannot be used here; null where they can.</summary>
    public static string? Missing { get; } = Find();

    /// <summary>Runs Python; what it prints, and its exit code.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunPythonAsync(string input, params string[] arguments)
    {
        using var process = Start(arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    private static Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        return Process.Start(start)!;
    }

    private static string? Find()
    {
        if (!File.Exists(Chromium.Path))
            return "Chromium is not installed (Debian: chromium).";
        if (!File.Exists(Python))
            return "Python is not installed (Debian: python3).";
        using var process = Start(["-c", "import cryptography"]);
        process.WaitForExit();
        return process.ExitCode == 0 ? null : "Python has no package cryptography (Debian: python3-cryptography).";
    }
}
