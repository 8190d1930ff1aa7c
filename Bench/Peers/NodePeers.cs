using System.Diagnostics;
using Granary.Bench.Processes;
using Granary.Bench.Setup;

namespace Granary.Bench.Peers;

/// <summary>Servers and gateways from npm, installed once into <c>artifacts/peers</c>.</summary>
internal sealed class NodePeers(string root)
{
    /// <summary>What is installed, with the versions that the figures are of.</summary>
    public static readonly string[] Packages = ["@modelcontextprotocol/server-everything@2026.8.31", "mcp-proxy@6.7.19", "supergateway@4.0.0"];

    /// <summary>They listen on every address by default; here on loopback only.</summary>
    private const string Loopback = """
        const net = require('net');
        const listen = net.Server.prototype.listen;
        net.Server.prototype.listen = function (...args) {
          if (typeof args[0] === 'number' || /^\d+$/.test(args[0])) {
            if (typeof args[1] === 'string') args[1] = '127.0.0.1'; else args.splice(1, 0, '127.0.0.1');
          } else if (args[0] && typeof args[0] === 'object' && 'port' in args[0]) {
            args[0] = { ...args[0], host: '127.0.0.1' };
          }
          return listen.apply(this, args);
        };
        """;

    private readonly string _folder = Path.Combine(root, "artifacts", "peers");

    /// <summary>Installs them; null when they are there, otherwise why not.</summary>
    public async Task<string?> InstallAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(_folder);
        await File.WriteAllTextAsync(Path.Combine(_folder, "loopback.cjs"), Loopback, cancellation);
        if (Packages.All(p => Directory.Exists(Path.Combine(_folder, "node_modules", p[..p.LastIndexOf('@')]))))
            return null;
        Progress.Say($"installing {string.Join(' ', Packages)}");
        try
        {
            var info = new ProcessStartInfo("npm", ["install", "--silent", "--no-audit", "--no-fund", "--prefix", _folder, .. Packages]) { RedirectStandardError = true };
            using var process = Process.Start(info)!;
            var errors = await process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0 ? null : $"npm failed: {errors.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "npm is not installed.";
        }
    }

    /// <summary>The official TypeScript server.</summary>
    public Task<ServerProcess> StartEverythingAsync(CancellationToken cancellation) =>
        StartAsync(_ => [Script("@modelcontextprotocol/server-everything", "dist/index.js"), "streamableHttp"], cancellation);

    /// <summary>mcp-proxy in front of a stdio server.</summary>
    public Task<ServerProcess> StartProxyAsync(string stub, string data, CancellationToken cancellation) => StartAsync(
        port => [Script("mcp-proxy", "dist/bin/mcp-proxy.mjs"), "--host", "127.0.0.1", "--port", $"{port}", "--server", "stream", "--", "dotnet", .. Stub(stub, data)],
        cancellation);

    /// <summary>supergateway in front of a stdio server, with one process of it for each session.</summary>
    public Task<ServerProcess> StartSupergatewayAsync(string stub, string data, CancellationToken cancellation) => StartAsync(
        port =>
        [
            Script("supergateway", "dist/index.js"), "--stdio", $"dotnet {string.Join(' ', Stub(stub, data))}", "--outputTransport", "streamableHttp", "--stateful",
            "--port", $"{port}", "--logLevel", "none",
        ],
        cancellation);

    private static string[] Stub(string dll, string data) => [dll, "--transport", "stdio", "--data", data];

    private Task<ServerProcess> StartAsync(Func<int, IEnumerable<string>> arguments, CancellationToken cancellation) => ServerProcess.StartCommandAsync(
        "node",
        port => ["--require", Path.Combine(_folder, "loopback.cjs"), .. arguments(port)],
        0,
        cancellation,
        port => [("PORT", $"{port}")]);

    private string Script(string package, string path)
    {
        var script = Path.Combine(_folder, "node_modules", package, path);
        if (File.Exists(script))
            return script;
        // Where a package keeps its program is in its package.json; the first one is it.
        using var manifest = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, "node_modules", package, "package.json")));
        var bin = manifest.RootElement.GetProperty("bin");
        var program = bin.ValueKind == System.Text.Json.JsonValueKind.String ? bin.GetString() : bin.EnumerateObject().First().Value.GetString();
        return Path.Combine(_folder, "node_modules", package, program!);
    }
}
