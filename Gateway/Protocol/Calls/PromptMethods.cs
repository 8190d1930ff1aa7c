using System.Text.Json;
using Granary.Gateway.Prompts;
using Granary.Gateway.Protocol.Messages;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Calls;

internal sealed class PromptsList(PromptCatalog catalog) : IRpcMethod
{
    private readonly ListCache<Prompt> _list = new(catalog.Definitions, (page, next) => new ListPromptsResult
    {
        Prompts = page,
        NextCursor = next,
        TimeToLive = ResultWriter.TimeToLive,
        CacheScope = CacheScope.Public,
    });

    public string Name => RequestMethods.PromptsList;

    public ValueTask InvokeAsync(CallChannel call, ReplyBuffer reply)
    {
        _list.Write(call, reply);
        return default;
    }
}

internal sealed class PromptsGet(PromptCatalog catalog) : IRpcMethod
{
    public string Name => RequestMethods.PromptsGet;

    public async ValueTask InvokeAsync(CallChannel call, ReplyBuffer reply)
    {
        var name = call.Envelope.Name ?? throw RpcException.InvalidParams("'params.name' is required: the name of a prompt.");
        if (!catalog.TryGet(name, out var prompt))
            throw RpcException.InvalidParams($"Unknown prompt: {name}");
        using var document = call.Envelope.Parse(call.Envelope.Arguments);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw RpcException.InvalidParams("'params.arguments' is an object.");
        var arguments = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (!arguments.TryAdd(member.Name, member.Value))
                throw RpcException.InvalidParams($"The argument '{member.Name}' stands twice.");
        }
        foreach (var argument in prompt.Definition.Arguments ?? [])
        {
            if (argument.Required == true && !arguments.ContainsKey(argument.Name))
                throw RpcException.InvalidParams($"The prompt '{name}' needs the argument '{argument.Name}'.");
        }
        ResultWriter.Write(reply, call, await prompt.GetAsync(new PromptCall(call, name, arguments)));
    }
}
