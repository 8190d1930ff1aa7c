using Granary.Vault.Storage;
using Granary.Vault.Storage.FileSystem;
using Granary.Vault.Storage.Files;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Storage.Contract;

/// <summary>The file store keeps the contract.</summary>
public sealed class FileStoreContractTests : VaultStoreContract
{
    /// <inheritdoc />
    protected override IVaultPlace NewPlace() => new Place();

    private static FileVaultStore StoreIn(TestFolder folder, IFileSystem files, int idempotencyKeys) => new(new FileVaultOptions
    {
        Folder = folder.Vault,
        StateFolder = folder.State,
        Formats = VaultFormats.All,
        Files = files,
        IdempotencyKeys = idempotencyKeys,
    });

    private sealed class Place : IVaultPlace
    {
        private readonly TestFolder _folder = new();

        public bool ManyOpeners => false;

        public IVaultStore Store(int idempotencyKeys = 4096) => StoreIn(_folder, PhysicalFileSystem.Instance, idempotencyKeys);

        public DyingStore Dying(int step) => new Dead(_folder, step);

        public void Dispose() => _folder.Dispose();
    }

    private sealed class Dead(TestFolder folder, int step) : DyingStore
    {
        public override IVaultStore Store { get; } = StoreIn(folder, new FaultyFileSystem { CrashAt = step }, 4096);

        public override bool IsDeath(Exception failure) => failure is SimulatedCrashException || failure.InnerException is SimulatedCrashException;

        public override ValueTask DisposeAsync() => default;
    }
}
