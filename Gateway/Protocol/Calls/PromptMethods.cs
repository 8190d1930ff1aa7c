using System.Text.Json;
using Granary.Gateway.Access;
using Granary.Gateway.Prompts;
using Granary.Gateway.Protocol.Messages;
using Granary.Spelling;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Calls;

internal sealed class PromptsList(PromptCatalog catalog, Authorizer authorizer) : IRpcMethod
{
    private readonly ListCache<Prompt> _list = new(catalog.Definitions, catalog.TargetOf, authorizer, (page, next, scope) => new ListPromptsResult
    {
        Prompts = page,
        NextCursor = next,
        TimeToLive = ResultWriter.TimeToLive,
        CacheScope = scope,
    });

    public string Name => RequestMethods.PromptsList;

    public bool IsList => true;

    public ValueTask InvokeAsync(CallChannel call, ReplyBuffer reply)
    {
        _list.Write(call, reply);
        return default;
    }
}

internal sealed class PromptsGet(PromptCatalog catalog, Authorizer authorizer) : IRpcMethod
{
    public string Name => RequestMethods.PromptsGet;

    public bool IsCounted => true;

    public async ValueTask InvokeAsync(CallChannel call, ReplyBuffer reply)
    {
        var name = call.Envelope.Name ?? throw RpcException.InvalidParams("'params.name' is required: the name of a prompt.");
        call.Envelope.RefuseMisspelled();
        if (!catalog.TryGet(name, out var prompt))
            throw RpcException.InvalidParams(catalog.Unknown(name));
        if (catalog.TargetOf(prompt.Definition) is { } target)
            authorizer.Require(call.Caller, target);
        using var document = call.Envelope.ParseArguments();
        IReadOnlyList<string> known = [.. (prompt.Definition.Arguments ?? []).Select(a => a.Name)];
        var arguments = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (!known.Contains(member.Name))
                throw RpcException.InvalidParams(NearestName.Unknown($"The prompt '{name}'", member.Name, known));
            // Null is an argument left out, as clients send it for all that they do not fill in.
            if (member.Value.ValueKind != JsonValueKind.Null && !arguments.TryAdd(member.Name, member.Value))
                throw RpcException.InvalidParams($"The argument '{member.Name}' appears more than once; send it once.");
        }
        foreach (var argument in prompt.Definition.Arguments ?? [])
        {
            if (argument.Required == true && !arguments.ContainsKey(argument.Name))
                throw RpcException.InvalidParams($"The prompt '{name}' needs the argument '{argument.Name}'.");
        }
        ResultWriter.Write(reply, call, await prompt.GetAsync(new PromptCall(call, name, arguments, authorizer)));
    }
}
