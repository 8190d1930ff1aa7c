using Granary.Testing.Redis;
using Granary.Vault.Redis.Archive;
using Granary.Vault.Redis.Connections;
using Granary.Vault.Redis.Tests.Support;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Storage.Contract;

namespace Granary.Vault.Redis.Tests;

/// <summary>The Redis store keeps the contract.</summary>
public sealed class RedisStoreContractTests(RedisPlaces places) : RedisStoreContract(places), IClassFixture<RedisPlaces>;

/// <summary>It keeps it over Garnet as well, so that a machine without Redis tests what matters.</summary>
public sealed class GarnetStoreContractTests(GarnetPlaces places) : RedisStoreContract(places), IClassFixture<GarnetPlaces>;

/// <summary>It keeps it where all but the last few lines are in an archive.</summary>
public sealed class ArchivedStoreContractTests(RedisPlaces places) : RedisStoreContract(places, archived: true), IClassFixture<RedisPlaces>;

/// <summary>And that over Garnet.</summary>
public sealed class ArchivedGarnetStoreContractTests(GarnetPlaces places) : RedisStoreContract(places, archived: true), IClassFixture<GarnetPlaces>;

/// <summary>The contract over a server that speaks Redis' protocol.</summary>
public abstract class RedisStoreContract(RedisPlaces places, bool archived = false) : VaultStoreContract
{
    /// <inheritdoc />
    protected override IVaultPlace NewPlace() => new Place(places, archived ? new SealedSegments(new MemoryArchive()) : null);

    private sealed class Place(RedisPlaces places, SealedSegments? archive) : IVaultPlace
    {
        private readonly string _name = places.NewName();

        public bool ManyOpeners => true;

        public IVaultStore Store(int idempotencyKeys = 4096) => StoreOf(places.Options(_name) with { IdempotencyKeys = idempotencyKeys }, archive);

        public DyingStore Dying(int step) => new Dead(places, _name, step, archive);

        public void Dispose()
        {
        }
    }

    private static IVaultStore StoreOf(RedisVaultOptions options, SealedSegments? archive) =>
        archive is null ? new RedisVaultStore(options) : new SealingStore(options with { Archive = archive, SegmentLines = 3 });

    /// <summary>A process whose connection ends before a command, or after it, and never comes back.</summary>
    private sealed class Dead : DyingStore
    {
        private readonly RespProxy _proxy;
        private readonly RedisLink _link;
        private int _left;

        public Dead(RedisPlaces places, string name, int step, SealedSegments? archive)
        {
            _left = (step + 1) / 2;
            RespProxy? proxy = null;
            proxy = _proxy = new RespProxy(places.Port, command =>
            {
                // Only what touches the vault is a step; the library's own greetings are not.
                if (!command.Any(part => part.Contains(name, StringComparison.Ordinal)) || Interlocked.Decrement(ref _left) > 0)
                    return Passage.Forward;
                Task.Run(async () =>
                {
                    await Task.Delay(20);
                    proxy!.Refuse();
                });
                return step % 2 == 1 ? Passage.CutBefore : Passage.CutAfter;
            });
            _link = RedisLink.Connect(_proxy.Configuration);
            Store = StoreOf(places.Options(name, _link) with { RetryBudget = TimeSpan.FromMilliseconds(60), CommandTimeout = TimeSpan.FromSeconds(20) }, archive);
        }

        public override IVaultStore Store { get; }

        public override bool IsDeath(Exception failure) =>
            failure is VaultStorageException { Failure: VaultStorageFailure.OutcomeUnknown or VaultStorageFailure.Unavailable };

        public override ValueTask DisposeAsync()
        {
            _link.Dispose();
            _proxy.Dispose();
            return default;
        }
    }
}
