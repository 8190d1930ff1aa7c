using System.Security.Cryptography;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Tests.Support;
using Granary.Vault.Verification.Backpack;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Tests.Fuzzing;

/// <summary>The small files of a Backpack vault and of what belongs to it: birth record, policies, data keys, a bundle's hashes.</summary>
internal static class DocumentParsers
{
    private static readonly byte[] DataKey = new byte[EncryptedPayload.KeyLength];

    public static IReadOnlyList<Parser> All { get; } =
    [
        new("birth record", [Document(BackpackBootstrap.GenesisName)], bytes => SpecMigration.VersionOf(bytes), typeof(FormatException)),
        new("layout with birth record", [Document(BackpackBootstrap.GenesisName)], bytes => Layout(BackpackBootstrap.GenesisName, bytes)),
        new("safety policy", [Document("policies/safety_policy.json")], bytes => Policies("policies/safety_policy.json", bytes)),
        new("retention policy", [Document("policies/retention_policy.json")], bytes => Policies("policies/retention_policy.json", bytes)),
        new("sync contract", [Document("policies/sync_contract.json")], bytes => Policies("policies/sync_contract.json", bytes)),
        new("encrypted payload", [EncryptedPayload.Encrypt("""{"subject":"s"}"""u8, "dek_1", DataKey)], Decrypt, typeof(CryptographicException), typeof(AuthenticationTagMismatchException)),
    ];

    private static byte[] Document(string name) => Fixture.Read($"sample-vault-strict/{name}");

    private static MemoryVault With(string name, byte[] bytes)
    {
        var vault = new MemoryVault();
        vault.Documents[name] = bytes;
        return vault;
    }

    private static void Layout(string name, byte[] bytes)
    {
        var vault = With(name, bytes);
        var findings = new FindingList(VerificationMode.Strict, ReferenceCheckers.Backpack, 100);
        new LayoutChecks(vault, new DocumentFiles(vault), findings).RunAsync(logOnly: false, default).GetAwaiter().GetResult();
    }

    private static void Policies(string name, byte[] bytes) =>
        new PolicyChecks(With(name, bytes), new FindingList(VerificationMode.Strict, ReferenceCheckers.Backpack, 100)).RunAsync(default).GetAwaiter().GetResult();

    private static void Decrypt(byte[] bytes)
    {
        var payload = Text(bytes);
        EncryptedPayload.KeyIdOf(payload);
        EncryptedPayload.Decrypt(payload, DataKey).ShouldBe("""{"subject":"s"}"""u8.ToArray());
    }

    private static byte[] Text(byte[] bytes)
    {
        try
        {
            return Granary.Vault.Canonical.CanonicalJson.Canonicalize(bytes);
        }
        catch (Granary.Vault.Canonical.CanonicalJsonException failure)
        {
            throw new CryptographicException("A payload is canonical where it is read.", failure);
        }
    }
}
