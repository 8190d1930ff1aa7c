using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Granary.Conformance.Tests.Clients;

/// <summary>The .NET SDK's client, asked what <c>checks.mjs</c> asks the clients from npm. Its results have the same form.</summary>
internal sealed class DotNetClient(McpClient client, string vault)
{
    /// <summary>What it can do, in the order of the table.</summary>
    public IReadOnlyDictionary<string, Func<CancellationToken, Task>> Checks => new Dictionary<string, Func<CancellationToken, Task>>
    {
        ["list"] = ListAsync,
        ["call"] = CallAsync,
        ["read"] = ReadAsync,
        ["subscribe"] = SubscribeAsync,
        ["cancel"] = CancelAsync,
        ["progress"] = ProgressAsync,
    };

    public Task MakeVaultAsync(CancellationToken stop) => CallToolAsync("init_vault", new() { ["vault_path"] = vault }, stop);

    /// <summary>The revision by which the gateway serves this client.</summary>
    public async Task<string> RevisionAsync(CancellationToken stop) => (await CallToolAsync("test_revision", [], stop)).Split('=', ';')[1];

    private async Task CallAsync(CancellationToken stop)
    {
        var (id, word) = await AppendAsync(stop);
        Demand(await CallToolAsync("get_event", new() { ["vault_path"] = vault, ["event_id"] = id }, stop), word);
    }

    private async Task ListAsync(CancellationToken stop)
    {
        var names = string.Join(' ', (await client.ListToolsAsync(cancellationToken: stop)).Select(tool => tool.Name));
        foreach (var name in (string[])["append_event", "get_event", "query_timeline", "verify_chain"])
            Demand(names, name);
    }

    private async Task ReadAsync(CancellationToken stop)
    {
        var (id, word) = await AppendAsync(stop);
        var resource = await client.ReadResourceAsync($"vault://{vault}/events/{id}", cancellationToken: stop);
        Demand(string.Concat(resource.Contents.OfType<TextResourceContents>().Select(content => content.Text)), word);
    }

    private async Task SubscribeAsync(CancellationToken stop)
    {
        var uri = $"vault://{vault}/head";
        var updated = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var subscription = await client.SubscribeToResourceAsync(
            uri,
            (update, _) =>
            {
                updated.TrySetResult(update.Uri);
                return default;
            },
            cancellationToken: stop);
        await AppendAsync(stop);
        Demand(await updated.Task.WaitAsync(stop), uri);
    }

    private async Task CancelAsync(CancellationToken stop)
    {
        var id = Guid.NewGuid().ToString();
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var running = CallToolAsync("test_held", new() { ["id"] = id, ["action"] = "run" }, cancelled.Token);
        await CallToolAsync("test_held", new() { ["id"] = id, ["action"] = "started" }, stop);
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
        Demand(await CallToolAsync("test_held", new() { ["id"] = id, ["action"] = "cancelled" }, stop), "cancelled");
    }

    private async Task ProgressAsync(CancellationToken stop)
    {
        var id = Guid.NewGuid().ToString();
        var told = new Told();
        var running = client.CallToolAsync("test_held", new Dictionary<string, object?> { ["id"] = id, ["action"] = "run" }, told, cancellationToken: stop).AsTask();
        await told.Half.Task.WaitAsync(stop);
        await CallToolAsync("test_held", new() { ["id"] = id, ["action"] = "finish" }, stop);
        await running;
    }

    private async Task<(string Id, string Word)> AppendAsync(CancellationToken stop)
    {
        var word = Guid.NewGuid().ToString();
        var receipt = await CallToolAsync("append_event", new() { ["vault_path"] = vault, ["event_type"] = "note", ["data"] = new { word } }, stop);
        return (JsonDocument.Parse(receipt).RootElement.GetProperty("event_id").GetString()!, word);
    }

    private async Task<string> CallToolAsync(string name, Dictionary<string, object?> arguments, CancellationToken stop)
    {
        var result = await client.CallToolAsync(name, arguments, cancellationToken: stop);
        var text = string.Concat(result.Content.OfType<TextContentBlock>().Select(block => block.Text));
        return result.IsError is true ? throw new McpException($"{name}: {text}") : text;
    }

    private static void Demand(string text, string part)
    {
        if (!text.Contains(part, StringComparison.Ordinal))
            throw new McpException($"{part} is not in {text}");
    }

    private sealed class Told : IProgress<ProgressNotificationValue>
    {
        public TaskCompletionSource Half { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Report(ProgressNotificationValue value)
        {
            if (value is { Progress: 1, Total: 2 })
                Half.TrySetResult();
        }
    }
}
