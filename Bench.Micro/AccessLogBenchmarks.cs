using System.Net;
using BenchmarkDotNet.Attributes;
using Granary.Gateway.Access;
using Granary.Gateway.Audit;
using Granary.Gateway.Configuration;
using Granary.Gateway.Invocation;
using Granary.Hosting.Telemetry;
using Granary.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Granary.Bench.Micro;

/// <summary>A line of the access log, up to and with the write, which goes nowhere: what a call pays and what the writer pays.</summary>
public class AccessLogBenchmarks
{
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.7");

    private readonly Principal _caller = new(TenantId.Parse("acme"), "ci-1", new HashSet<string> { Scopes.All });
    private readonly CallFacts _facts = new() { Target = "append_event" };
    private ServiceProvider? _services;
    private AccessLog? _log;

    /// <summary>Whether lines are JSON.</summary>
    [Params(false, true)]
    public bool Json { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _services = new ServiceCollection().AddLogging(logging => logging.AddConsoleLines(LogLevel.Information, Json, Stream.Null)).BuildServiceProvider();
        _log = new AccessLog(new GatewayOptions { AccessLog = true }, TimeProvider.System, _services.GetRequiredService<ILogger<AccessLog>>());
        _facts.AddVault("team/notes");
    }

    [GlobalCleanup]
    public void Stop() => _services?.Dispose();

    [Benchmark]
    public void Line() => _log!.End(_log.Begin(), _caller, Address, "tools/call", _facts);
}
