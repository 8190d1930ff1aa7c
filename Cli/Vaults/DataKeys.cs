using System.Text;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Cli.Vaults;

/// <summary>Data keys of encrypted payloads: wrapped, beside the vault and never in it.</summary>
internal sealed class DataKeys : IDisposable
{
    /// <summary>The document that says that payloads are encrypted.</summary>
    public const string ConfigName = "identity/encryption_config.json";

    private readonly KeyRing _encryption;

    private DataKeys(KeyRing encryption, IDataKeyStore store) => (_encryption, Store) = (encryption, store);

    public IDataKeyStore Store { get; }

    /// <summary>The document of a new vault.</summary>
    public static byte[] Config(TimeProvider time) => Encoding.UTF8.GetBytes(ConsoleJson.Write(new JsonObject
    {
        ["encryption_enabled"] = true,
        ["encryption_mode"] = "per-event",
        ["algorithm"] = "AES-256-GCM",
        ["created_at"] = EventTimestamp.Format(time.GetUtcNow()),
    }, ascii: true));

    /// <summary>The data keys of a vault that encrypts, or null where it does not.</summary>
    public static async Task<DataKeys?> FindAsync(VaultPlace place, IVaultReader vault, CliHost host, CancellationToken cancellation)
    {
        if (await vault.ReadDocumentAsync(ConfigName, cancellation) is not { } config
            || !ConsoleJson.Read(config.Span).MemberIsTrue("encryption_enabled"))
            return null;
        var genesis = await vault.ReadDocumentAsync("identity/genesis.json", cancellation);
        var uid = ConsoleJson.Read(genesis.GetValueOrDefault().Span).MemberText("uid") ?? "";
        var encryption = ReadEncryption(host);
        return new DataKeys(encryption, new DataKeyFolder(encryption, uid, place.DataKeysFolder));
    }

    /// <summary>The key-encryption keys of the environment.</summary>
    public static KeyRing ReadEncryption(CliHost host)
    {
        var text = host.Environment("PROVARA_KEK") ?? (host.Environment("PROVARA_KEK_FILE") is { } file ? Encoding.UTF8.GetString(OutsideFile.Read(file, "The file with the key-encryption keys")) : null);
        if (text is null)
        {
            throw new CliFailure(
                "There is no key-encryption key", "payloads of this vault are encrypted with data keys, and those are kept only wrapped",
                "set PROVARA_KEK, or PROVARA_KEK_FILE to a file; make one with: openssl rand -base64 32", "docs/provara.md");
        }
        return KeyRing.Parse(text);
    }

    /// <summary>Puts the content in an encrypted payload's place, where its key still is.</summary>
    public async Task DecryptAsync(JsonObject one, CancellationToken cancellation)
    {
        if (one["payload"] is not JsonObject payload || !payload.ContainsKey("_privacy"))
            return;
        var canonical = CanonicalJson.Canonicalize(ConsoleJson.Bytes(payload));
        if (await Shredding.DecryptAsync(canonical, Store, cancellation) is { } content)
            one["payload"] = ConsoleJson.Read(content);
    }

    public void Dispose() => _encryption.Dispose();
}
