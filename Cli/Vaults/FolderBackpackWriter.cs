using Granary.Cli.Hosting;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Storage;

namespace Granary.Cli.Vaults;

/// <summary>A Backpack vault's folder, open for this process alone. After each change the manifest is made and signed anew.</summary>
internal sealed class FolderBackpackWriter : IAsyncDisposable
{
    private readonly TimeProvider _time;

    private readonly BackpackFolder _folder;

    private FolderBackpackWriter(BackpackFolder folder, TimeProvider time) => (_folder, _time) = (folder, time);

    /// <summary>The vault.</summary>
    public BackpackVault Vault => _folder.Vault;

    /// <summary>Now, by the run's clock.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Opens the vault at a place with the keys of a file, or with those in the vault.</summary>
    public static async Task<FolderBackpackWriter> OpenAsync(VaultPlace place, string? keyFile, string? keyId, Run run, CancellationToken cancellation)
    {
        place.Expect(psmc: false).ForWriting();
        var keys = keyFile ?? Signer.DefaultFile(place);
        using (var readable = KeyFiles.Read(keys))
            KeyFiles.CheckFor(place, readable, keyId);
        var folder = await BackpackFolder.OpenAsync(place.Folder, run.Time, cancellation, new NamedKeyFile(keys, keyId));
        foreach (var repair in folder.Vault.Log.Repairs)
            run.Warn(repair.Reason);
        return new FolderBackpackWriter(folder, run.Time);
    }

    /// <summary>Appends an event, durably.</summary>
    public async Task<BuiltBackpackEvent> AppendAsync(PreparedBackpackEvent prepared, CancellationToken cancellation)
    {
        var built = await Vault.AppendAsync(prepared, Now, cancellation);
        await SealAsync(cancellation);
        return built;
    }

    /// <summary>Carries out what an operation has worked out.</summary>
    public Task ApplyAsync(VaultChange change, CancellationToken cancellation) => Vault.ApplyAsync(change, _time, cancellation);

    /// <summary>Makes manifest, Merkle root and signature anew.</summary>
    public Task SealAsync(CancellationToken cancellation) => Vault.WriteSealPointAsync(_time, cancellation);

    /// <summary>Adds a file to the vault and to its manifest.</summary>
    public async Task AddAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        await Vault.RequireManifestSignerAsync(cancellation);
        await Vault.Log.WriteDocumentAsync(new VaultDocument(name, content), derived: false, cancellation);
        await SealAsync(cancellation);
    }

    /// <summary>The Merkle root as it is now.</summary>
    public async Task<string> MerkleRootAsync(CancellationToken cancellation) =>
        await Vault.Log.ReadDocumentAsync(Manifest.RootName, cancellation) is { } root ? System.Text.Encoding.ASCII.GetString(root.Span).Trim() : "";

    public ValueTask DisposeAsync() => _folder.DisposeAsync();
}
