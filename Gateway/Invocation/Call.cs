using Granary.Gateway.Access;
using Granary.Instana.Connections;
using Granary.Instana.Http;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Invocation;

/// <summary>What a tool, a prompt or a resource gets to know of the call it serves, and how it talks back while it works.</summary>
public abstract class Call
{
    private readonly ICallChannel _channel;
    private readonly Authorizer _authorizer;

    /// <summary>Creates a call over the channel that carries it.</summary>
    private protected Call(ICallChannel channel, Authorizer authorizer) => (_channel, _authorizer) = (channel, authorizer);

    /// <summary>Who calls.</summary>
    public Principal Caller => _channel.Caller;

    /// <summary>The tenant the call is for.</summary>
    public TenantId Tenant => Caller.Tenant;

    /// <summary>The protocol revision the client speaks, for example <c>2026-07-28</c>.</summary>
    public string Revision => _channel.Revision;

    /// <summary>What the client declared it can do; never rely on more (MCP 2026-07-28, rule B7).</summary>
    public ClientCapabilities ClientCapabilities => _channel.ClientCapabilities;

    /// <summary>Cancelled when the client gives up, the deadline passes or the gateway stops.</summary>
    public CancellationToken Cancellation => _channel.Cancellation;

    /// <summary>When the caller stops waiting.</summary>
    public DateTimeOffset Deadline => _channel.Deadline;

    /// <summary>Who calls, as a backend is told. Not for decisions (rule B9).</summary>
    public CallTracking Tracking => _channel.Tracking;

    /// <summary>What the tool sealed in the round before, verified; null in the first round or where the client sent none.</summary>
    public string? State => _channel.State;

    /// <summary>A header of the HTTP request, or null (always null over stdio).</summary>
    public string? Header(string name) => _channel.Header(name);

    /// <summary>True when the call came over HTTP, false over stdio.</summary>
    public bool IsHttp => _channel.IsHttp;

    /// <summary>Whether the client gets to see any progress or log message of this call: most ask for none, and nothing need be timed for them.</summary>
    internal bool WantsReports => _channel.WantsReports;

    /// <summary>What is noted about the call for logs.</summary>
    internal CallFacts Facts => _channel.Facts;

    /// <summary>Whether the caller may do something.</summary>
    internal bool Allows(in CallTarget target) => _authorizer.Allows(Caller, target);

    /// <summary>Refuses what the caller may not do: what a call is about may stand in its arguments only.</summary>
    internal void Require(in CallTarget target) => _authorizer.Require(Caller, target);

    /// <summary>Requires several things at once; a refusal names the scopes of all of them.</summary>
    internal void RequireAll(params ReadOnlySpan<CallTarget> targets) => _authorizer.RequireAll(Caller, targets);

    /// <summary>A vault of the caller's tenant, with the rights that the caller has to it: they are checked again where it is served.</summary>
    internal IVault VaultOf(ITenants tenants, VaultName vault, in CallTarget target)
    {
        Facts.AddVault(vault.Value);
        CallTrace.Current?.SetTag(CallTrace.Vault, vault.Value);
        return tenants.Vault(Tenant, vault, _authorizer.RightsTo(Caller, target with { Vault = vault.Value }));
    }

    /// <summary>A connection of the caller's tenant to a backend, with the rights that the caller has to what it calls there.</summary>
    internal IInstana InstanaOf(ITenants tenants, InstanaConnection connection, in CallTarget target) =>
        tenants.Instana(Tenant, connection, _authorizer.RightsTo(Caller, target));

    /// <summary>Tells the client how far the work is. Does nothing where the client did not ask; values must increase (rule P1).</summary>
    public ValueTask ReportProgressAsync(double progress, double? total = null, string? message = null) =>
        _channel.ReportProgressAsync(progress, total, message);

    /// <summary>Sends a log message to the client, where its level asks for it (rule G1). Never put a secret in it.</summary>
    public ValueTask LogAsync(LoggingLevel level, string message, string? logger = null) => _channel.LogAsync(level, message, logger);

    /// <summary>Whether the client declared that it can answer requests of this method.</summary>
    public bool CanAsk(string method) => _channel.CanAsk(method);

    /// <summary>
    /// Asks the client. Until 2025-11-25 that is a request on the call's stream; since 2026-07-28 the call ends with an
    /// <see cref="InputRequiredResult"/> and runs again from its start with the answers, so do nothing before this that must not happen twice.
    /// Answers the client left out are asked for again (rule R5).
    /// </summary>
    /// <param name="requests">One request per key.</param>
    /// <param name="state">What to seal for the next round; see <see cref="State"/>.</param>
    /// <exception cref="ModelContextProtocol.MissingRequiredClientCapabilityException">The client did not declare what is needed.</exception>
    public ValueTask<IReadOnlyDictionary<string, InputResponse>> AskAsync(IReadOnlyDictionary<string, InputRequest> requests, string? state = null) =>
        _channel.AskAsync(requests, state);

    /// <summary>Asks one question; see the other overload.</summary>
    public async ValueTask<InputResponse> AskAsync(string key, InputRequest request) =>
        (await AskAsync(new Dictionary<string, InputRequest> { [key] = request }))[key];

    /// <summary>
    /// Closes the response's connection while the work goes on; the client comes back for the rest (SSE polling, 2025-11-25). Does nothing
    /// in revisions without resumption.
    /// </summary>
    public ValueTask CloseStreamAsync(TimeSpan retryAfter) => _channel.CloseStreamAsync(retryAfter);
}
