using Granary.Gateway.Invocation;
using Granary.Gateway.Prompts;
using Granary.Gateway.Resources;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tests.Plugins;

internal sealed class HelloPrompt : IPrompt
{
    public Prompt Definition { get; } = new() { Name = "p_hello", Description = "Greets", Arguments = [new() { Name = "name", Required = true }] };

    public IReadOnlyList<string> Categories => [];

    public ValueTask<GetPromptResult> GetAsync(PromptCall call) => new(new GetPromptResult
    {
        Messages = [new PromptMessage { Role = Role.User, Content = new TextContentBlock { Text = $"Hello, {call.Argument("name")}" } }],
    });

    public ValueTask<IReadOnlyList<string>> CompleteAsync(CompletionCall call) =>
        new([.. Enumerable.Range(0, 150).Select(i => $"{call.Value}{i}")]);
}

/// <summary>Asks before it renders; and, which is forbidden, while it completes.</summary>
internal sealed class AskingPrompt : IPrompt
{
    public Prompt Definition { get; } = new() { Name = "p_ask", Description = "Asks" };

    public IReadOnlyList<string> Categories => [];

    public async ValueTask<GetPromptResult> GetAsync(PromptCall call)
    {
        await call.AskAsync("q", TestTool.AskForm());
        return new GetPromptResult { Messages = [] };
    }

    public async ValueTask<IReadOnlyList<string>> CompleteAsync(CompletionCall call)
    {
        await call.AskAsync("q", TestTool.AskForm());
        return [];
    }
}

/// <summary>One note per tenant, watched; 300 numbers, to have pages; and one that asks first.</summary>
internal sealed class TestResources : IResources
{
    public const string Watched = "note://mine";

    public bool IsPrivate => true;

    public IReadOnlyList<ResourceTemplate> Templates { get; } = [new() { UriTemplate = "number://{n}", Name = "number" }];

    public ValueTask<ResourcePage> ListAsync(ResourceCall call, string? after, int limit) => new(ResourcePage.Of(
    [
        new() { Uri = Watched, Name = $"note of {call.Tenant}" },
        .. Enumerable.Range(0, 300).Select(i => new Resource { Uri = $"number://{i}", Name = $"{i}" }),
    ], after, limit));

    public async ValueTask<ReadResourceResult?> ReadAsync(ResourceCall call)
    {
        if (call.Uri == "ask://first")
            await call.AskAsync("q", TestTool.AskForm());
        return call.Uri == Watched || call.Uri.StartsWith("number://", StringComparison.Ordinal)
            ? new ReadResourceResult { Contents = [new TextResourceContents { Uri = call.Uri, Text = $"{call.Tenant}: {call.Uri}" }] }
            : null;
    }

    public bool CanSubscribe(string uri) => uri.StartsWith("note://", StringComparison.Ordinal);
}
