using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Instana.Connections;
using Granary.Tenants;

namespace Granary.Gateway.Tests.Support;

/// <summary>Tenants that answer what the test says and remember what they were asked.</summary>
internal sealed class FakeTenants : ITenants
{
    private readonly ConcurrentDictionary<(string Tenant, string Vault), FakeVault> _vaults = new();

    public FakeVault this[string vault] => Of("default", vault);

    public FakeVault Of(string tenant, string vault) => _vaults.GetOrAdd((tenant, vault), key => new FakeVault(key.Vault));

    /// <summary>The names of every vault that was asked for something.</summary>
    public IEnumerable<string> Used => _vaults.Values.Where(v => !v.Calls.IsEmpty).Select(v => v.Name).Order(StringComparer.Ordinal);

    public List<string> Listed { get; } = [];

    public IVault Vault(TenantId tenant, VaultName vault) => Of(tenant.Value, vault.Value);

    public IInstana Instana(TenantId tenant, InstanaConnection connection) => throw new NotSupportedException();

    public IDisposable Watch(TenantId tenant, Action<VaultCommitted> committed) => new MemoryStream();

    public Task<VaultPage> ListVaultsAsync(TenantId tenant, VaultListing listing, CancellationToken cancellation)
    {
        var names = Listed
            .Where(name => name.StartsWith(listing.Prefix, StringComparison.Ordinal) && string.CompareOrdinal(name, listing.After?.Value) > 0)
            .Select(VaultName.Parse).ToList();
        return Task.FromResult(names.Count <= listing.Limit ? new VaultPage(names, null) : new VaultPage(names[..listing.Limit], names[listing.Limit - 1]));
    }
}

/// <summary>One of its vaults.</summary>
internal sealed class FakeVault(string name) : IVault
{
    public string Name => name;

    /// <summary>Every call, as <c>operation arguments</c>.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Results by operation: JSON, made for each call.</summary>
    public Dictionary<string, Func<JsonNode, string>> Results { get; } = [];

    public string? LastKey { get; private set; }

    public AppendEvent? LastAppend { get; private set; }

    public VaultCreation? Creation { get; private set; }

    public bool IsMissing { get; set; }

    public VerificationReport Report { get; set; } = new(true, 7, new string('a', 64), [], 0);

    public Task<VaultDescription> CreateAsync(VaultCreation creation, CancellationToken cancellation)
    {
        Calls.Enqueue("create");
        Creation = creation;
        return Task.FromResult(new VaultDescription(name, creation.Format, "2026-11-25T00:00:00+00:00", "bp1_0123456789abcdef", "AAAA", 2)
        {
            Uid = creation.Uid ?? "made", GenesisEventId = "evt_0", MerkleRoot = new string('b', 64), QuorumKeyId = creation.Quorum ? "bp1_quorum" : null,
        });
    }

    public Task<AppendReceipt> AppendAsync(AppendEvent append, CancellationToken cancellation)
    {
        Missing();
        Calls.Enqueue($"append {append.EventType} {Encoding.UTF8.GetString(append.Data.Span)}");
        LastAppend = append;
        return Task.FromResult(new AppendReceipt("evt_1", 6, new string('c', 64), "2026-11-25T00:00:00+00:00", null, null, false));
    }

    public Task<VaultHead> GetHeadAsync(CancellationToken cancellation)
    {
        Missing();
        return Task.FromResult(new VaultHead(7, new string('a', 64)));
    }

    public Task<VerificationReport> VerifyAsync(IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        Missing();
        Calls.Enqueue("verify");
        return Task.FromResult(Report);
    }

    public Task<Timeline> QueryTimelineAsync(TimelineQuery query, CancellationToken cancellation)
    {
        Missing();
        Calls.Enqueue($"timeline {query.Start:O} {query.End:O} {query.Limit}");
        return Task.FromResult(new Timeline(["""{"type":"note"}"""u8.ToArray()], false));
    }

    public Task<VaultResult> RunAsync(VaultCall call, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        Missing();
        var arguments = Encoding.UTF8.GetString(call.Arguments.IsEmpty ? "{}"u8 : call.Arguments.Span);
        Calls.Enqueue($"{call.Operation} {arguments}");
        LastKey = call.IdempotencyKey;
        progress?.Report(new WorkProgress(1, 2));
        var json = Results.TryGetValue(call.Operation, out var make) ? make(JsonNode.Parse(arguments)!) : "{}";
        return Task.FromResult(new VaultResult(Encoding.UTF8.GetBytes(json)));
    }

    private void Missing()
    {
        if (IsMissing)
            throw new TenantException(TenantFailure.NotFound, $"There is no vault \"{name}\".");
    }
}
