using System.Collections.Concurrent;
using System.Net;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Tools;
using Granary.Gateway.Tools.Vaults;
using Granary.Tenants;

namespace Granary.Gateway.Audit;

/// <summary>
/// Records the calls of tools, each tenant's in its own <see cref="AuditVault"/>: who called what, what came of it, and digests of what was said. Off
/// unless it is configured.
/// </summary>
internal sealed class AuditTrail(
    GatewayOptions options, ITenants tenants, AuditSource source, AuditMetrics metrics, TimeProvider time, ILogger<AuditTrail> log) : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<TenantId, AuditQueue> _queues = new();
    private readonly CancellationTokenSource _ended = new();

    /// <summary>Begins the record of a call; null where none is made.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="address">From where.</param>
    /// <param name="tool">The tool, as the catalog names it.</param>
    /// <param name="wantsReceipt">Whether the caller wants to know where the record is.</param>
    /// <param name="via">By which door: <c>mcp</c> or <c>api</c>.</param>
    public AuditedCall? Begin(Principal caller, IPAddress? address, string tool, bool wantsReceipt = false, string via = "mcp") =>
        options.Audit ? new AuditedCall(this, time, caller, address, tool) { WantsReceipt = wantsReceipt, IsRequired = IsRequired(tool), Via = via } : null;

    /// <summary>Completes when everything that was recorded until now is durable or given up.</summary>
    public Task FlushAsync(CancellationToken stop) => Task.WhenAll(_queues.Values.Select(queue => queue.FlushAsync())).WaitAsync(stop);

    /// <exception cref="InvalidDataException">A tool that must be recorded does not exist, or nothing is recorded.</exception>
    public void CheckRequired(ToolCatalog catalog)
    {
        if (options.AuditRequired.Count > 0 && !options.Audit)
            throw new InvalidDataException("GRANARY_AUDIT_REQUIRED names tools that are called only when their call is recorded; set GRANARY_AUDIT=on as well.");
        foreach (var tool in options.AuditRequired)
        {
            if (tool != "*" && !catalog.TryGet(tool, out _))
                throw new InvalidDataException($"GRANARY_AUDIT_REQUIRED: {catalog.Unknown(tool)}");
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _ended.Cancel();
        _ended.Dispose();
    }

    internal void Add(TenantId tenant, AuditEntry entry) => QueueOf(tenant).Add(entry);

    /// <summary>Adds a line and waits until it is durable.</summary>
    /// <exception cref="TenantException">It cannot be made durable now; it is written later.</exception>
    internal async Task<AuditReceipt> AddAsync(TenantId tenant, ReadOnlyMemory<byte> line, CancellationToken cancellation)
    {
        var written = new TaskCompletionSource<AuditReceipt>(TaskCreationOptions.RunContinuationsAsynchronously);
        Add(tenant, new AuditEntry(line, written));
        try
        {
            return await written.Task.WaitAsync(LongestWait, time, cancellation);
        }
        catch (TimeoutException)
        {
            throw new TenantException(TenantFailure.Busy, "The call's record takes too long to be written.");
        }
    }

    /// <summary>The proof that an event is in the vault, as <c>prove_event</c> has it.</summary>
    internal Task<System.Text.Json.JsonDocument> ProveAsync(TenantId tenant, AuditReceipt receipt, CancellationToken cancellation) =>
        VaultJson.RunAsync(tenants.Vault(tenant, AuditVault.Name), "prove_event", json => json.WriteNumber("position", receipt.Position), cancellation);

    private bool IsRequired(string tool) => options.AuditRequired.Contains(tool) || options.AuditRequired.Contains("*");

    private AuditQueue QueueOf(TenantId tenant) => _queues.GetOrAdd(
        tenant, static (tenant, trail) => trail.Create(tenant), this);

    private AuditQueue Create(TenantId tenant) => new(tenants.Vault(tenant, AuditVault.Name), source, metrics, time, log, _ended.Token);
}
