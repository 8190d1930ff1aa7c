using System.Text;
using System.Text.Json;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Invocation;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Protocol.Modern;
using Granary.Gateway.Tools;
using Granary.Gateway.Tools.Instana;
using Granary.Instana.Connections;
using Granary.Instana.Operations;
using Granary.Tenants;
using Granary.Tenants.Instana;
using Granary.Testing;

namespace Granary.Gateway.Tests.Tools.Instana;

/// <summary>Thousands of calls may wait for slow backends at once: what a call does not need while it waits, it does not hold.</summary>
public sealed class WaitingCallTests : IDisposable
{
    private const string Url = "https://unit.instana.io";

    private readonly TaskCompletionSource<InstanaResult> _answer = new();
    private readonly CountedTimers _time = new();
    private readonly Sink _sink = new();
    private readonly TenantBackends _backends;
    private readonly ManageEventsTool _tool;

    public WaitingCallTests()
    {
        var options = new InstanaOptions { AllowedHosts = HostAllowList.Parse([Url]) };
        _backends = new TenantBackends(options, null, _time);
        _tool = new ManageEventsTool(new InstanaAccess(new Waiting(_answer.Task), _backends, new GatewayOptions { Instana = options }, _time));
    }

    public void Dispose() => _backends.Dispose();

    [Fact]
    public async Task A_call_gives_its_parsed_arguments_back_before_it_waits()
    {
        using var arguments = Arguments();
        using var channel = Channel("");
        var call = new ToolCall(channel, "manage_events", arguments.RootElement, Authorizer.WithoutPolicy, arguments);
        var result = _tool.CallAsync(call);
        result.IsCompleted.ShouldBeFalse();
        Should.Throw<ObjectDisposedException>(() => call.Arguments.GetRawText());
        _answer.SetResult(new InstanaResult("{}"u8.ToArray(), IsError: false));
        (await result).IsError.ShouldBeFalse();
    }

    [Fact]
    public async Task Nothing_is_timed_for_a_client_that_wants_no_reports()
    {
        using var arguments = Arguments();
        using var channel = Channel("");
        var result = _tool.CallAsync(new ToolCall(channel, "manage_events", arguments.RootElement, Authorizer.WithoutPolicy, arguments));
        _time.Timers.ShouldBe(0);
        _answer.SetResult(new InstanaResult("{}"u8.ToArray(), IsError: false));
        await result;
        _sink.Sent.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""
        "progressToken":"p",
        """, "Waiting for Instana: 5 s")]
    [InlineData("""
        "io.modelcontextprotocol/logLevel":"info",
        """, "waiting for Instana (5 s)")]
    public async Task A_client_that_asks_for_reports_is_told_every_five_seconds_that_the_call_waits(string meta, string told)
    {
        using var arguments = Arguments();
        using var channel = Channel(meta);
        var result = _tool.CallAsync(new ToolCall(channel, "manage_events", arguments.RootElement, Authorizer.WithoutPolicy, arguments));
        _time.Timers.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(5));
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (_sink.Sent.Count == 0)
            await Task.Delay(5, limit.Token);
        _sink.Sent.ShouldHaveSingleItem().ShouldContain(told);
        _answer.SetResult(new InstanaResult("{}"u8.ToArray(), IsError: false));
        await result;
    }

    private static JsonDocument Arguments() => JsonDocument.Parse("""{"operation":"get_events","params":{"time_range":"24h"}}""");

    // The deadline's timer is the channel's own affair, on a clock of its own.
    private ModernChannel Channel(string meta)
    {
        var body = Encoding.UTF8.GetBytes($$$"""
            {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"manage_events","arguments":{},"_meta":{{{{meta}}}"io.modelcontextprotocol/protocolVersion":"2026-07-28"} } }
            """);
        return new ModernChannel(
            new CallOrigin(EnvelopeReader.Read(body), NoAccess.Anyone, new Source(), _sink), new RequestStateSeal(new TokenSeal(null), TimeProvider.System), TimeProvider.System, TimeSpan.FromHours(1));
    }

    private sealed class Waiting(Task<InstanaResult> answer) : ITenants, IInstana
    {
        public Task<InstanaResult> CallAsync(InstanaCall call, CancellationToken cancellation) => answer;

        public IInstana Instana(TenantId tenant, InstanaConnection connection) => this;

        public IVault Vault(TenantId tenant, VaultName vault) => throw new NotSupportedException();

        public Task<VaultPage> ListVaultsAsync(TenantId tenant, VaultListing listing, CancellationToken cancellation) => throw new NotSupportedException();

        public IDisposable Watch(TenantId tenant, Action<VaultCommitted> committed) => throw new NotSupportedException();
    }

    private sealed class Source : IRequestSource
    {
        public bool IsHttp => true;

        public System.Net.IPAddress? Address => null;

        public CancellationToken Disconnected => default;

        public string? Header(string name) => name switch { "instana-base-url" => Url, "instana-api-token" => "t", _ => null };
    }

    private sealed class Sink : IMessageSink
    {
        public List<string> Sent { get; } = [];

        public bool CanSend => true;

        public ValueTask SendAsync(byte[] message)
        {
            Sent.Add(Encoding.UTF8.GetString(message));
            return default;
        }

        public ValueTask CloseEarlyAsync(TimeSpan retryAfter) => default;
    }
}
