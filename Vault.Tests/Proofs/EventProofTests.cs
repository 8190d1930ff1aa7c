using System.Text;
using Granary.Vault.Backpack;
using Granary.Vault.Keys;
using Granary.Vault.Proofs;
using Granary.Vault.Psmc;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Files;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Proofs;

/// <summary>What a third party checks with the proof and a public key alone.</summary>
public sealed class EventProofTests
{
    public static TheoryData<string> Vaults => ["sample-vault-strict", "sample-vault", "sample-psmc-vault"];

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task Every_event_of_either_format_is_proved(string vault)
    {
        using var key = Fixture.Key("root");
        using var reader = FolderReader.Open(Fixture.PathOf(vault));
        var head = await SignAsync(vault, reader, key);
        for (var position = 0; position < head.Count; position++)
        {
            var proof = await Trees(vault, reader).ProveEventAsync(position, head, default);
            EventProof.Read(proof.Write()).Problems(key.PublicKey).ShouldBeEmpty();
        }
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task What_does_not_belong_together_is_named(string vault)
    {
        using var key = Fixture.Key("root");
        using var other = Fixture.Key("quorum");
        using var reader = FolderReader.Open(Fixture.PathOf(vault));
        var head = await SignAsync(vault, reader, key);
        var proof = await Trees(vault, reader).ProveEventAsync(2, head, default);
        var next = await Trees(vault, reader).ProveEventAsync(3, head, default);
        var forged = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(proof.Event.Span).Replace("2026-0", "2027-0", StringComparison.Ordinal));

        Only(proof, other.PublicKey, "not signed by the key");
        Only(proof with { Event = forged }, key.PublicKey, "it was changed");
        Only(proof with { Inclusion = next.Inclusion }, key.PublicKey, vault.Contains("psmc", StringComparison.Ordinal) ? "it was changed" : "for another event");
        Only(proof with { Head = SignedHead.Sign(vault, head.Format, new LogHead(head.Count, head.Head), LogHead.ZeroHash, key, TestVault.Time) }, key.PublicKey, "another log");
        proof.Problems(key.PublicKey).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unknown_format_proves_nothing()
    {
        using var key = Fixture.Key("root");
        using var reader = FolderReader.Open(Fixture.PathOf("sample-vault"));
        var proof = await Trees("sample-vault", reader).ProveEventAsync(2, await SignAsync("sample-vault", reader, key), default);
        Only(proof with { Head = SignedHead.Sign("v", "other", new LogHead(proof.Head.Count, proof.Head.Head), proof.Head.Root, key, TestVault.Time) }, key.PublicKey, "is not known");
    }

    [Theory]
    [InlineData("{}", "chain is missing")]
    [InlineData("""{"chain":null,"event":{},"inclusion":1}""", "not a JSON object")]
    public void What_is_no_proof_is_refused(string json, string reason) =>
        Should.Throw<FormatException>(() => EventProof.Read(Encoding.UTF8.GetBytes(json))).Message.ShouldContain(reason);

    private static void Only(EventProof proof, PublicKey key, string problem) => proof.Problems(key).ShouldHaveSingleItem().ShouldContain(problem);

    private static EventTreeReader Trees(string vault, FolderReader reader) => new(reader, Format(vault));

    private static IEntryFormat Format(string vault) => vault.Contains("psmc", StringComparison.Ordinal) ? PsmcFormat.Instance : BackpackFormat.Instance;

    private static async Task<SignedHead> SignAsync(string vault, FolderReader reader, SigningKey key)
    {
        var count = reader.Count(LogStream.Events);
        var tree = await Trees(vault, reader).BuildAsync(count, default);
        var page = await EntryPage.ReadAsync(reader, count - 1, count, default);
        Format(vault).Check(count - 1, page.EventAt(0), page.ChainAt(0), out var hash).ShouldBe(EntryState.Whole);
        return SignedHead.Sign(vault, vault.Contains("psmc", StringComparison.Ordinal) ? PsmcFormat.Name : BackpackFormat.Name, new LogHead(count, hash), tree.Root(), key, TestVault.Time);
    }
}
