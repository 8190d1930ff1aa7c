using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Gateway.Prompts;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Resources;
using Granary.Spelling;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Calls;

/// <summary><c>completion/complete</c> for arguments of prompts and variables of resource templates.</summary>
internal sealed partial class Complete(PromptCatalog prompts, ResourceCatalog resources, Authorizer authorizer) : IRpcMethod
{
    private const int MaxValues = 100;

    public string Name => RequestMethods.CompletionComplete;

    public bool IsCounted => true;

    public async ValueTask InvokeAsync(CallChannel call, ReplyBuffer reply)
    {
        using var parameters = call.Envelope.ParseParams();
        var request = Read(parameters.RootElement);
        var argument = new CompletionCall(
            call,
            request.Argument.Name,
            request.Argument.Value,
            request.Context?.Arguments?.AsReadOnly()
                ?? (IReadOnlyDictionary<string, string>)new Dictionary<string, string>(),
            authorizer);
        var values = request.Ref switch
        {
            PromptReference prompt => await CompleteAsync(prompt, argument),
            ResourceTemplateReference template => await CompleteAsync(template, argument),
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

    private async ValueTask<IReadOnlyList<string>> CompleteAsync(PromptReference reference, CompletionCall argument)
    {
        if (!prompts.TryGet(reference.Name, out var prompt))
            throw RpcException.InvalidParams(prompts.Unknown(reference.Name));
        Require($"The prompt '{reference.Name}'", argument.Argument, [.. (prompt.Definition.Arguments ?? []).Select(a => a.Name)]);
        return prompt.Scope is { } scope && !authorizer.Allows(argument.Caller, CallTarget.Of(scope)) ? [] : await prompt.CompleteAsync(argument);
    }

    private async ValueTask<IReadOnlyList<string>> CompleteAsync(ResourceTemplateReference reference, CompletionCall argument)
    {
        if (reference.Uri is not { } template || resources.FamilyOf(template) is not { } family)
        {
            var known = resources.Templates.Select(t => t.UriTemplate);
            throw RpcException.InvalidParams(
                $"Unknown resource template: {NearestName.Shorten(reference.Uri ?? "")}{NearestName.Hint(reference.Uri ?? "", known)}");
        }
        Require($"The template '{template}'", argument.Argument, [.. Variables().Matches(template).Select(m => m.Groups[1].Value)]);
        return family.Scope is { } scope && !authorizer.Allows(argument.Caller, CallTarget.Of(scope)) ? [] : await family.CompleteAsync(template, argument);
    }

    private static void Require(string of, string name, IReadOnlyList<string> known)
    {
        // Who declares no names completes whatever it likes.
        if (known.Count > 0 && !known.Contains(name))
            throw RpcException.InvalidParams(NearestName.Unknown(of, name, known));
    }

    [GeneratedRegex(@"[{,?&+#./;]([A-Za-z0-9_]+)(?=[^{]*\})", RegexOptions.CultureInvariant)]
    private static partial Regex Variables();

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
