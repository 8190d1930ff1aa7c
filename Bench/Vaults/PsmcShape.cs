using System.Text;
using Granary.Tenants;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;

namespace Granary.Bench.Vaults;

/// <summary>PSMC: one chain, signatures in a file of their own.</summary>
internal sealed class PsmcShape : VaultShape
{
    // What the format adds to an event's data: two hashes, id, time, and the members' names.
    private const int Envelope = 278;

    public override string Name => "psmc";

    public override int EventBytes => 400;

    public override int SignedBytes => 64;

    public override IEntryFormat Entries => PsmcFormat.Instance;

    public override EventView View => PsmcFormat.View;

    public override Task CreateAsync(IVaultStore store, CancellationToken cancellation) =>
        PsmcVault.CreateAsync(store, Key, TimeProvider.System.GetUtcNow(), cancellation);

    public override async Task<IBuildingVault> OpenAsync(IVaultStore store, CancellationToken cancellation) =>
        new Building(await PsmcVault.OpenAsync(store, cancellation));

    protected override AppendEvent Input(int subject, int n)
    {
        var text = Filler(n, EventBytes - Envelope - "{'confidence':0.45,'subject':'s000','text':''}".Length);
        return new AppendEvent("note", Encoding.UTF8.GetBytes($$"""{"confidence":{{Confidence(subject)}},"subject":"s{{subject:D3}}","text":"{{text}}"}"""));
    }

    private sealed class Building(PsmcVault vault) : IBuildingVault
    {
        public IVaultLog Log => vault.Log;

        public LogEntry Build(AppendEvent append, LogHead head)
        {
            var prepared = PreparedEvent.Create(append.EventType, append.Data.Span, append.Tags, append.EmitProvara);
            return vault.Builder.Build(prepared, head, Guid.NewGuid(), TimeProvider.System.GetUtcNow(), null).Entry;
        }

        public ValueTask DisposeAsync() => vault.DisposeAsync();
    }
}
