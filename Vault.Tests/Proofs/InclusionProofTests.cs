using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Granary.Testing;
using Granary.Vault.Proofs;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Proofs;

public sealed class InclusionProofTests
{
    [Fact]
    public async Task Every_entry_of_every_small_log_is_proved_as_the_rfc_says()
    {
        for (var count = 1; count <= 24; count++)
        {
            var reader = Logs.Reader(count);
            for (var position = 0; position < count; position++)
            {
                var proof = await reader.ProveInclusionAsync(position, count, default);
                proof.Path.ShouldBe(SlowTree.Path(position, Logs.Data(count)));
                proof.Root.ShouldBe(Convert.ToHexStringLower(SlowTree.Root(Logs.Data(count))));
                proof.EntryHash.ShouldBe(Logs.Hashes(count)[position]);
                var read = InclusionProof.Read(proof.Write());
                read.IsValid.ShouldBeTrue();
                read.Write().ShouldBe(proof.Write());
            }
        }
    }

    [Property(MaxTest = 40)]
    public Property Entries_of_larger_logs_are_proved_at_any_size_and_page() => Prop.ForAll(
        (from count in Gen.Choose(1, 2000)
         from position in Gen.Choose(0, count - 1)
         from extra in Gen.Choose(0, 50)
         from page in Gen.Choose(1, 600)
         select (count, position, extra, page)).ToArbitrary(), async sample =>
        {
            var proof = await Logs.Reader(sample.count + sample.extra, sample.page).ProveInclusionAsync(sample.position, sample.count, default);
            proof.IsValid.ShouldBeTrue();
            var tree = new EventTree();
            foreach (var hash in Logs.Hashes(sample.count))
                tree.Append(hash);
            proof.Root.ShouldBe(tree.Root());
        });

    [Property(MaxTest = 200)]
    public Property Any_change_of_a_proof_is_noticed() => Prop.ForAll(
        (from count in Gen.Choose(1, 70)
         from position in Gen.Choose(0, count - 1)
         from what in Gen.Choose(0, 6)
         from at in Gen.Choose(0, 1000)
         select (count, position, what, at)).ToArbitrary(), sample =>
        {
            var (count, position, what, at) = sample;
            var data = Logs.Data(count);
            var path = SlowTree.Path(position, data);
            var root = SlowTree.Root(data);
            var leaf = Convert.FromHexString(Logs.Hashes(count)[position]);
            new InclusionProof(position, count, leaf, path, root).IsValid.ShouldBeTrue();
            var changed = what switch
            {
                0 => new InclusionProof(position, count, Flip(leaf, at), path, root),
                1 => new InclusionProof(position, count, leaf, path, Flip(root, at)),
                2 when path.Count > 0 => new InclusionProof(position, count, leaf, [.. path.Select((hash, i) => i == at % path.Count ? Flip(hash, at) : hash)], root),
                3 when path.Count > 0 => new InclusionProof(position, count, leaf, [.. path.Where((_, i) => i != at % path.Count)], root),
                4 => new InclusionProof(position, count, leaf, [.. path, root], root),
                5 => new InclusionProof(count, count, leaf, path, root),
                6 when count > 1 => new InclusionProof((position + 1 + (at % (count - 1))) % count, count, leaf, path, root),
                _ => new InclusionProof(position, count, leaf, path, leaf),
            };
            changed.IsValid.ShouldBeFalse();
        });

    [Fact]
    public async Task A_proof_is_for_the_head_of_its_tree_only()
    {
        using var key = Fixture.Key("root");
        var proof = await Logs.Reader(12).ProveInclusionAsync(3, 10, default);
        proof.IsFor(Logs.Head(key, 10)).ShouldBeTrue();
        proof.IsFor(Logs.Head(key, 11)).ShouldBeFalse();
        proof.IsFor(Logs.Head(key, 10, root: LogHead.ZeroHash)).ShouldBeFalse();
    }

    [Theory]
    [InlineData(-1, 5, "position must be from 0 to 4")]
    [InlineData(5, 5, "position must be from 0 to 4")]
    [InlineData(0, 11, "count must be from 0 to 10")]
    [InlineData(0, -1, "count must be from 0 to 10")]
    public async Task What_is_not_in_the_log_cannot_be_proved(long position, long count, string reason) =>
        (await Should.ThrowAsync<ProofInputException>(() => Logs.Reader(10).ProveInclusionAsync(position, count, default))).Message.ShouldContain(reason);

    [Fact]
    public async Task Over_a_damaged_log_nothing_is_proved()
    {
        var vault = new MemoryVault();
        vault.Events.Add("garbage"u8.ToArray());
        var failure = await Should.ThrowAsync<VaultStorageException>(
            () => new EventTreeReader(vault, Granary.Vault.Psmc.PsmcFormat.Instance).ProveInclusionAsync(0, 1, default));
        failure.Failure.ShouldBe(VaultStorageFailure.Damaged);
        failure.Message.ShouldContain("position 0");
    }

    [Theory]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{", "not JSON")]
    [InlineData("""{"position":0,"count":"1"}""", "count must be a whole number")]
    [InlineData("""{"position":0,"count":1,"entry_hash":"ab"}""", "entry_hash must hold 64")]
    [InlineData("""{"position":0,"count":1,"entry_hash":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","path":{}}""", "path must be an array")]
    [InlineData("""{"position":0,"count":1,"entry_hash":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","path":[1]}""", "path must hold 64")]
    public void What_is_no_proof_is_refused(string json, string reason)
    {
        Should.Throw<FormatException>(() => InclusionProof.Read(System.Text.Encoding.UTF8.GetBytes(json))).Message.ShouldContain(reason);
    }

    private static byte[] Flip(byte[] hash, int at)
    {
        var changed = (byte[])hash.Clone();
        changed[at % changed.Length] ^= (byte)(1 << (at % 8));
        return changed;
    }
}
