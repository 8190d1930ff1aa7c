using System.Text;
using System.Text.Json;
using Granary.Vault;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Formats;

/// <summary>Who a Backpack vault is, from its birth on.</summary>
internal sealed class BackpackIdentity
{
    private const string GenesisName = "identity/genesis.json";

    private readonly string _uid;
    private readonly string _born;
    private readonly string _genesisEventId;
    private readonly string _merkleRoot;

    private BackpackIdentity((string Uid, string Born) genesis, string genesisEventId, string merkleRoot)
    {
        (_uid, _born) = genesis;
        _genesisEventId = genesisEventId;
        _merkleRoot = merkleRoot;
    }

    /// <summary>The vault's own id.</summary>
    public string Uid => _uid;

    /// <summary>What a vault is born with; the keys it makes are in there.</summary>
    public static VaultBirth NewBirth(VaultCreation creation, TimeProvider time)
    {
        using var root = SigningKey.Generate();
        using var quorum = creation.Quorum ? SigningKey.Generate() : null;
        var birth = new BackpackBirth { Root = root, Quorum = quorum, Uid = creation.Uid ?? Guid.NewGuid().ToString("D"), KeepPrivateKeys = false };
        var made = BackpackBootstrap.Create(creation.Actor is null ? birth : birth with { Actor = creation.Actor }, time);
        return new VaultBirth(VaultFormats.Backpack, made.Documents)
        {
            Entries = made.Entries,
            Beside = [new VaultDocument(KeysBeside.Name, PrivateKeyFile.Write(quorum is null ? [root] : [root, quorum]), Secret: true)],
        };
    }

    /// <exception cref="VaultStorageException">The birth record is missing or none, or the store's reasons.</exception>
    public static async Task<BackpackIdentity> ReadAsync(IVaultLog log, CancellationToken cancellation)
    {
        var genesis = ReadGenesis(await DocumentAsync(log, GenesisName, cancellation));
        var root = Encoding.ASCII.GetString((await log.ReadDocumentAsync(Manifest.RootName, cancellation) ?? default).Span).Trim();
        var first = (await log.ReadAsync(LogStream.Events, 0, 1, 1, cancellation)).Lines;
        return new BackpackIdentity(genesis, first.Count > 0 ? IdOf(first[0].Span) : "", root);
    }

    /// <summary>All but its keys, which may change.</summary>
    public VaultDescription Describe(VaultName name, long count) => new(name.Value, VaultFormats.Backpack.Name, _born, "", "", count)
    {
        Uid = _uid,
        GenesisEventId = _genesisEventId,
        MerkleRoot = _merkleRoot,
    };

    private static async Task<ReadOnlyMemory<byte>> DocumentAsync(IVaultLog log, string name, CancellationToken cancellation) =>
        await log.ReadDocumentAsync(name, cancellation)
        ?? throw new VaultStorageException(VaultStorageFailure.Damaged, $"{name} is missing; the vault can be read elsewhere, not written.");

    private static (string Uid, string Born) ReadGenesis(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return (document.RootElement.GetProperty("uid").GetString() ?? "", document.RootElement.GetProperty("birth_timestamp").GetString() ?? "");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new VaultStorageException(VaultStorageFailure.Damaged, $"{GenesisName} is not the birth record of a vault.", failure);
        }
    }

    private static string IdOf(ReadOnlySpan<byte> line)
    {
        using var scratch = new Granary.Vault.Canonical.PooledBuffer(line.Length + 16);
        return BackpackEvent.TryRead(line, scratch, out var written) ? written.Id ?? "" : "";
    }
}
