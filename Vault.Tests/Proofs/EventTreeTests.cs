using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Granary.Testing;
using Granary.Vault.Proofs;

namespace Granary.Vault.Tests.Proofs;

public sealed class EventTreeTests
{
    // The leaves and roots that certificate transparency logs are tested with.
    private static readonly string[] Leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData(6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void Known_leaves_have_known_roots(int count, string root)
    {
        var tree = new EventTree();
        foreach (var leaf in Leaves.Take(count))
            tree.AppendData(Convert.FromHexString(leaf));
        tree.Root().ShouldBe(root);
    }

    [Property(MaxTest = 60)]
    public Property The_edge_alone_gives_the_root_of_the_whole_tree() => Prop.ForAll(Gen.Choose(0, 300).ToArbitrary(), count =>
    {
        var tree = new EventTree();
        foreach (var hash in Logs.Hashes(count))
            tree.Append(hash);
        tree.Count.ShouldBe(count);
        tree.Root().ShouldBe(Convert.ToHexStringLower(SlowTree.Root(Logs.Data(count))));
    });

    [Property(MaxTest = 60)]
    public Property A_tree_that_was_saved_goes_on_where_it_was() => Prop.ForAll(Gen.Choose(0, 140).Two().ToArbitrary(), sizes =>
    {
        var (before, after) = sizes;
        var hashes = Logs.Hashes(before + after);
        var tree = new EventTree();
        foreach (var hash in hashes.Take(before))
            tree.Append(hash);
        var snapshot = tree.Snapshot();
        snapshot.Length.ShouldBe(8 + (32 * System.Numerics.BitOperations.PopCount((uint)before)));
        var restored = EventTree.Restore(snapshot);
        foreach (var hash in hashes.Skip(before))
        {
            tree.Append(hash);
            restored.Append(hash);
        }
        restored.Root().ShouldBe(tree.Root());
        restored.Snapshot().ShouldBe(tree.Snapshot());
    });

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0000000000000001")]
    [InlineData("ffffffffffffffff")]
    [InlineData("00000000000000020000")]
    public void What_is_no_snapshot_is_refused(string hex) => Should.Throw<FormatException>(() => EventTree.Restore(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    [InlineData("g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void What_is_no_hash_is_refused(string hash) => Should.Throw<ArgumentException>(() => new EventTree().Append(hash)).Message.ShouldContain("64 lower-case");
}
