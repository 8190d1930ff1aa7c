using Granary.Tenants;
using Granary.Vault;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;

namespace Granary.Bench.Vaults;

/// <summary>Backpack: a chain for each actor, signatures inside the events.</summary>
internal sealed class BackpackShape : VaultShape
{
    public override string Name => BackpackFormat.Name;

    public override int EventBytes => BackpackEvents.EventBytes;

    public override int SignedBytes => 350;

    public override IEntryFormat Entries => BackpackFormat.Instance;

    public override EventView View => BackpackFormat.View;

    public override Task CreateAsync(IVaultStore store, CancellationToken cancellation)
    {
        var made = BackpackBootstrap.Create(new BackpackBirth { Root = Key, Uid = $"{Guid.NewGuid()}" }, TimeProvider.System);
        return store.CreateAsync(new VaultBirth(VaultFormats.Backpack, made.Documents) { Entries = made.Entries }, cancellation);
    }

    public override async Task<IBuildingVault> OpenAsync(IVaultStore store, CancellationToken cancellation)
    {
        // As an activation does: only a writer that builds on a chain needs its end.
        var log = await store.OpenAsync(cancellation);
        return new Building(log, this);
    }

    protected override AppendEvent Input(int subject, int n) => BackpackEvents.Input(subject, n) with { Actor = BackpackEvents.Actor };

    private sealed class Building(IVaultLog log, BackpackShape shape) : IBuildingVault
    {
        private BackpackEvents? _events;

        public IVaultLog Log => log;

        public LogEntry Build(AppendEvent append, LogHead head) => (_events ??= new BackpackEvents(shape.Key, ChainLink.First)).Build(append);

        public ValueTask DisposeAsync() => log.DisposeAsync();
    }
}
