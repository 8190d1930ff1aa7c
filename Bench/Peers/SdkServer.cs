using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.AspNetCore;
using ModelContextProtocol.Protocol;

namespace Granary.Bench.Peers;

/// <summary>The C# SDK's own server with the stub tool, as its documentation has it: the peer that speaks the same language on the same Kestrel.</summary>
internal static class SdkServer
{
    /// <summary>What the stub tool of the fixtures returns.</summary>
    private const string Text = "This is a simple text response for testing.";

    /// <summary>Serves until the process ends.</summary>
    /// <param name="port">A loopback port.</param>
    /// <param name="mode"><c>stateless</c>, or <c>sessions</c> for both eras on one address.</param>
    /// <param name="tool">The stub tool's name.</param>
    /// <param name="cancellation">Ends the start.</param>
    public static async Task<int> RunAsync(int port, string mode, string tool, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, port));
        var schema = System.Text.Json.JsonDocument.Parse("""{"type":"object"}""").RootElement.Clone();
        builder.Services
            .AddMcpServer()
            .WithHttpTransport(http => http.SessionMode = mode == "stateless" ? HttpServerSessionMode.Stateless : HttpServerSessionMode.StatefulForInitializeClients)
            .WithListToolsHandler((_, _) => new(new ListToolsResult { Tools = [new() { Name = tool, InputSchema = schema }] }))
            .WithCallToolHandler((_, _) => new(new CallToolResult { Content = [new TextContentBlock { Text = Text }] }));
        await using var app = builder.Build();
        app.MapGet("/health", () => "ok");
        app.MapMcp("/mcp");
        await app.StartAsync(cancellation);
        await app.WaitForShutdownAsync(cancellation);
        return 0;
    }
}
