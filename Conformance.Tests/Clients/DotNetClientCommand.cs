using System.Reflection;
using System.Text.Json.Nodes;
using ModelContextProtocol.Client;

namespace Granary.Conformance.Tests.Clients;

/// <summary>
/// <c>dotnet-client FILE</c>: runs the .NET SDK's client over each way that it can connect and writes what it could do, in the form that
/// <c>client.mjs</c> writes. Where the gateways are comes from the environment that <c>Conformance.Tests/clients</c> sets.
/// </summary>
internal static class DotNetClientCommand
{
    /// <summary>Longest wait for one ability: it only ends a run that hangs.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly (string Transport, string Era)[] Ways =
        [("http", "modern"), ("http", "legacy"), ("sse", "legacy"), ("stdio", "modern"), ("stdio", "legacy")];

    public static async Task<int> RunAsync(string file)
    {
        var rows = new JsonArray();
        foreach (var (transport, era) in Ways)
            rows.Add(await RunAsync(transport, era));
        await File.WriteAllTextAsync(file, rows.ToJsonString());
        return 0;
    }

    private static async Task<JsonNode> RunAsync(string transport, string era)
    {
        var row = new JsonObject { ["client"] = ".NET SDK", ["version"] = Version(), ["transport"] = transport, ["era"] = era };
        try
        {
            await using var connection = await ConnectAsync(transport, era, keyed: false);
            var client = new DotNetClient(connection, $"clients-{Guid.NewGuid()}");
            await WithinAsync(client.MakeVaultAsync);
            foreach (var (ability, check) in client.Checks)
                row[ability] = Can(ability, transport, era) ? await SeeAsync(check) : false;
            using var stop = new CancellationTokenSource(Limit);
            row["revision"] = await client.RevisionAsync(stop.Token);
            row["key"] = transport == "stdio" ? false : await SeeAsync(async stop =>
            {
                await using var keyed = await ConnectAsync(transport, era, keyed: true);
                await new DotNetClient(keyed, $"clients-{Guid.NewGuid()}").MakeVaultAsync(stop);
            });
        }
        catch (Exception e)
        {
            row["failure"] = e.ToString();
        }
        return row;
    }

    /// <summary>It has no <c>subscriptions/listen</c>, and over Streamable HTTP it does not tell a server of the older protocol that it cancels.</summary>
    private static bool Can(string ability, string transport, string era) => (ability, transport, era) switch
    {
        ("subscribe", _, "modern") => false,
        ("cancel", "http", "legacy") => false,
        _ => true,
    };

    private static async Task<McpClient> ConnectAsync(string transport, string era, bool keyed)
    {
        var options = new McpClientOptions { ProtocolVersion = era == "legacy" ? "2025-11-25" : null, DiscoverProbeTimeout = Limit, InitializationTimeout = Limit };
        if (transport == "stdio")
        {
            var data = Directory.CreateDirectory(Path.Combine(Setting("CLIENTS_WORK"), $"stdio-{Guid.NewGuid():N}")).FullName;
            return await McpClient.CreateAsync(
                new StdioClientTransport(new() { Command = "dotnet", Arguments = [Setting("CLIENTS_PROGRAM"), "--transport", "stdio", "--data", data] }), options);
        }
        return await McpClient.CreateAsync(
            new HttpClientTransport(new()
            {
                Endpoint = new Uri(Setting(keyed ? "CLIENTS_KEYED_URL" : "CLIENTS_URL") + (transport == "sse" ? "/sse" : "/mcp")),
                TransportMode = transport == "sse" ? HttpTransportMode.Sse : HttpTransportMode.StreamableHttp,
                AdditionalHeaders = keyed ? new Dictionary<string, string> { ["Authorization"] = $"Bearer {Setting("CLIENTS_KEY")}" } : null,
            }),
            options);
    }

    /// <returns>True, or what went wrong.</returns>
    private static async Task<JsonNode> SeeAsync(Func<CancellationToken, Task> check)
    {
        try
        {
            await WithinAsync(check);
            return true;
        }
        catch (Exception e)
        {
            return e.Message;
        }
    }

    private static async Task WithinAsync(Func<CancellationToken, Task> action)
    {
        using var stop = new CancellationTokenSource(Limit);
        await action(stop.Token);
    }

    private static string Version() =>
        typeof(McpClient).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static string Setting(string name) => Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set.");
}
