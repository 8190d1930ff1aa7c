using Granary.Vault.Backpack;
using Granary.Vault.Keys;
using Granary.Vault.Proofs;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Files;
using Granary.Vault.Tests.Proofs;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Fuzzing;

/// <summary>What a third party is handed: proofs, signed heads, saved trees.</summary>
internal static class ProofParsers
{
    private const int Count = 23;

    public static IReadOnlyList<Parser> All { get; } =
    [
        new("inclusion proof", [Inclusion().Write()], bytes => Holds(InclusionProof.Read(bytes)), typeof(FormatException)),
        new("consistency proof", [Consistency().Write()], bytes => Holds(ConsistencyProof.Read(bytes)), typeof(FormatException)),
        new("event proof", [Event().Write()], bytes => WithKey(key => EventProof.Read(bytes).Problems(key)), typeof(FormatException)),
        new("signed head", [Head().Write()], bytes => WithKey(key => SignedHead.Read(bytes).IsSignedBy(key)), typeof(FormatException)),
        new("saved event tree", [Tree().Snapshot()], bytes => EventTree.Restore(bytes).Root(), typeof(FormatException)),
    ];

    private static void Holds(InclusionProof proof) => (proof.IsValid && proof.EntryHash == Logs.Hashes(Count)[7] && proof.Position != 7).ShouldBeFalse();

    private static void Holds(ConsistencyProof proof) => _ = proof.IsValid;

    private static InclusionProof Inclusion() => Logs.Reader(Count).ProveInclusionAsync(7, Count, default).GetAwaiter().GetResult();

    private static ConsistencyProof Consistency() => Logs.Reader(Count).ProveConsistencyAsync(9, Count, default).GetAwaiter().GetResult();

    private static EventProof Event()
    {
        using var key = Fixture.Key("psmc_active");
        using var vault = FolderReader.Open(Fixture.PathOf("sample-vault-strict"));
        var trees = new EventTreeReader(vault, BackpackFormat.Instance);
        var tree = trees.BuildAsync(5, default).GetAwaiter().GetResult();
        return trees.ProveEventAsync(3, SignedHead.Sign("notes", BackpackFormat.Name, new LogHead(5, LogHead.ZeroHash), tree.Root(), key, TestVault.Time), default).GetAwaiter().GetResult();
    }

    private static SignedHead Head()
    {
        using var key = Fixture.Key("psmc_active");
        return Logs.Head(key, Count);
    }

    private static EventTree Tree() => Logs.Reader(Count).BuildAsync(Count, default).GetAwaiter().GetResult();

    private static void WithKey<T>(Func<PublicKey, T> read)
    {
        using var key = Fixture.Key("psmc_active");
        read(key.PublicKey);
    }
}
