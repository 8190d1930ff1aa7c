using System.Text.Json.Nodes;
using Granary.Conformance.Tests.Fixtures;
using Granary.Gateway.Configuration;
using Granary.Gateway.Hosting;
using Granary.Gateway.Prompts;
using Granary.Gateway.Resources;
using Granary.Gateway.Tools;
using Granary.Mcp.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Conformance.Tests.Oracle;

/// <summary>The gateway and the SDK's server in one process over one set of fixtures, each with a session open.</summary>
public sealed class OracleServers : IAsyncLifetime
{
    private readonly string _data = Path.Combine(Path.GetTempPath(), "granary-" + Guid.NewGuid().ToString("N"));
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private WebApplication _gateway = null!;
    private WebApplication _sdk = null!;
    private (Uri Endpoint, string Session) _ours;
    private (Uri Endpoint, string Session) _theirs;

    public async Task InitializeAsync()
    {
        _gateway = GatewayHost.Build(new GatewayOptions { Port = 0, DataFolder = _data }, services => services.AddPlugins(typeof(FixtureTool).Assembly));
        await _gateway.StartAsync();
        _sdk = new SdkServer(
            [.. _gateway.Services.GetServices<ITool>().Where(IsFixture)],
            [.. _gateway.Services.GetServices<IPrompt>().Where(IsFixture)],
            _gateway.Services.GetServices<IResources>().Single(IsFixture)).Build();
        await _sdk.StartAsync();
        _ours = await OpenAsync(_gateway);
        _theirs = await OpenAsync(_sdk);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _sdk.DisposeAsync();
        await _gateway.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    /// <summary>Sends a request to both.</summary>
    internal async Task<(JsonObject Ours, JsonObject Theirs)> AskAsync(OracleRequest request) =>
        (await SendAsync(request, _ours), await SendAsync(request, _theirs));

    private async Task<JsonObject> SendAsync(OracleRequest request, (Uri Endpoint, string Session) server)
    {
        using var message = request.Build(server.Endpoint, server.Session);
        using var response = await _http.SendAsync(message);
        return await OracleReply.ReadAsync(response);
    }

    private async Task<(Uri Endpoint, string Session)> OpenAsync(WebApplication app)
    {
        var endpoint = new Uri($"{app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()}/mcp");
        return (endpoint, await new McpClient(_http, endpoint, "oracle").InitializeAsync(CancellationToken.None));
    }

    private static bool IsFixture(object plugin) => plugin.GetType().Assembly == typeof(FixtureTool).Assembly;
}
