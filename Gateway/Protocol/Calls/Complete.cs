using System.Text.Json;
using Granary.Gateway.Invocation;
using Granary.Gateway.Prompts;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Resources;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Calls;

/// <summary><c>completion/complete</c> for arguments of prompts and variables of resource templates.</summary>
internal sealed class Complete(PromptCatalog prompts, ResourceCatalog resources) : IRpcMethod
{
    private const int MaxValues = 100;

    public string Name => RequestMethods.CompletionComplete;

    public async ValueTask InvokeAsync(CallChannel call, ReplyBuffer reply)
    {
        using var parameters = call.Envelope.ParseParams();
        var request = Read(parameters.RootElement);
        var argument = new CompletionCall(
            call,
            request.Argument.Name,
            request.Argument.Value,
            request.Context?.Arguments?.AsReadOnly()
                ?? (IReadOnlyDictionary<string, string>)new Dictionary<string, string>());
        var values = request.Ref switch
        {
            PromptReference prompt => prompts.TryGet(prompt.Name, out var known)
                ? await known.CompleteAsync(argument)
                : throw RpcException.InvalidParams($"Unknown prompt: {prompt.Name}"),
            ResourceTemplateReference template => template.Uri is { } uri && resources.FamilyOf(uri) is { } family
                ? await family.CompleteAsync(uri, argument)
                : throw RpcException.InvalidParams($"Unknown resource template: {template.Uri}"),
            _ => throw RpcException.InvalidParams("'params.ref' refers to a prompt or a resource template."),
        };
        ResultWriter.Write(reply, call, new CompleteResult
        {
            Completion = new Completion
            {
                Values = [.. values.Take(MaxValues)],
                Total = values.Count > MaxValues ? null : values.Count,
                HasMore = values.Count > MaxValues,
            },
        });
    }

    private static CompleteRequestParams Read(JsonElement parameters)
    {
        try
        {
            var request = Wire.Read<CompleteRequestParams>(parameters);
            if (request?.Ref is not null && request.Argument?.Name is not null && request.Argument.Value is not null)
                return request;
        }
        catch (JsonException)
        {
            // Said below, in a sentence.
        }
        throw RpcException.InvalidParams("completion/complete needs 'ref' (a prompt or resource template) and 'argument' with 'name' and 'value'.");
    }
}
