using System.Text.Json;
using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Gateway.Prompts;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Resources;
using Granary.Gateway.Tools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.AspNetCore;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Granary.Conformance.Tests.Oracle;

/// <summary>The SDK's own server over the fixtures: both eras on one address, as its documentation has it.</summary>
internal sealed class SdkServer(IReadOnlyList<ITool> tools, IReadOnlyList<IPrompt> prompts, IResources resources)
{
    public WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services
            .AddMcpServer(server =>
            {
                server.ServerInfo = ServerIdentity.Info;
                server.ServerInstructions = ServerIdentity.Instructions;
                server.Capabilities = ServerIdentity.Capabilities;
            })
            .WithHttpTransport(http => http.SessionMode = HttpServerSessionMode.StatefulForInitializeClients)
            .WithListToolsHandler((_, _) => new(new ListToolsResult { Tools = [.. tools.Select(t => t.Definition).OrderBy(t => t.Name, StringComparer.Ordinal)] }))
            .WithCallToolHandler(CallToolAsync)
            .WithListPromptsHandler((_, _) => new(new ListPromptsResult { Prompts = [.. prompts.Select(p => p.Definition).OrderBy(p => p.Name, StringComparer.Ordinal)] }))
            .WithGetPromptHandler(GetPromptAsync)
            .WithListResourcesHandler(async (context, cancellation) =>
                new ListResourcesResult { Resources = [.. (await resources.ListAsync(Resource(context, null, "", cancellation), null, 100)).Resources] })
            .WithListResourceTemplatesHandler((_, _) => new(new ListResourceTemplatesResult { ResourceTemplates = [.. resources.Templates] }))
            .WithReadResourceHandler(async (context, cancellation) =>
            {
                var call = Resource(context, context.Params, context.Params!.Uri, cancellation);
                // 2026-07-28 has no code of its own for what is not there.
                return await resources.ReadAsync(call) ?? throw new McpProtocolException(
                    $"Resource not found: {call.Uri}", call.Revision == "2026-07-28" ? McpErrorCode.InvalidParams : McpErrorCode.ResourceNotFound);
            })
            .WithSubscribeToResourcesHandler((_, _) => new(new EmptyResult()))
            .WithUnsubscribeFromResourcesHandler((_, _) => new(new EmptyResult()))
            .WithSetLoggingLevelHandler((_, _) => new(new EmptyResult()))
            .WithCompleteHandler(CompleteAsync);
        var app = builder.Build();
        app.MapMcp("/mcp");
        return app;
    }

    private async ValueTask<CallToolResult> CallToolAsync(RequestContext<CallToolRequestParams> context, CancellationToken cancellation)
    {
        var request = context.Params!;
        var tool = tools.FirstOrDefault(t => t.Definition.Name == request.Name)
            ?? throw new McpProtocolException($"Unknown tool: {request.Name}", McpErrorCode.InvalidParams);
        var arguments = JsonSerializer.SerializeToElement(request.Arguments ?? new Dictionary<string, JsonElement>(), McpJsonUtilities.DefaultOptions);
        var result = await tool.CallAsync(new ToolCall(new SdkChannel<CallToolRequestParams>(context, request, cancellation), request.Name, arguments, Authorizer.WithoutPolicy));
        return result.Full
            ?? new CallToolResult { Content = [new TextContentBlock { Text = result.PlainText! }], IsError = result.IsError ? true : null };
    }

    private async ValueTask<GetPromptResult> GetPromptAsync(RequestContext<GetPromptRequestParams> context, CancellationToken cancellation)
    {
        var request = context.Params!;
        var prompt = prompts.FirstOrDefault(p => p.Definition.Name == request.Name)
            ?? throw new McpProtocolException($"Unknown prompt: {request.Name}", McpErrorCode.InvalidParams);
        var arguments = new Dictionary<string, JsonElement>(request.Arguments ?? new Dictionary<string, JsonElement>());
        return await prompt.GetAsync(new PromptCall(new SdkChannel<GetPromptRequestParams>(context, request, cancellation), request.Name, arguments, Authorizer.WithoutPolicy));
    }

    private async ValueTask<CompleteResult> CompleteAsync(RequestContext<CompleteRequestParams> context, CancellationToken cancellation)
    {
        var request = context.Params!;
        var call = new CompletionCall(
            new SdkChannel<CompleteRequestParams>(context, request, cancellation), request.Argument.Name, request.Argument.Value, new Dictionary<string, string>(),
            Authorizer.WithoutPolicy);
        var values = request.Ref is PromptReference reference && prompts.FirstOrDefault(p => p.Definition.Name == reference.Name) is { } prompt
            ? await prompt.CompleteAsync(call)
            : [];
        return new CompleteResult { Completion = new Completion { Values = [.. values], Total = values.Count, HasMore = false } };
    }

    private static ResourceCall Resource<T>(RequestContext<T> context, RequestParams? parameters, string uri, CancellationToken cancellation) =>
        new(new SdkChannel<T>(context, parameters, cancellation), uri, Authorizer.WithoutPolicy);
}
