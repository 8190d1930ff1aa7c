using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Granary.Testing;
using Granary.Vault.Proofs;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Proofs;

public sealed class ConsistencyProofTests
{
    private const int Largest = 70;

    private static readonly IReadOnlyList<byte[]> Data = Logs.Data(Largest);
    private static readonly byte[][] Roots = [.. Enumerable.Range(0, Largest + 1).Select(count => SlowTree.Root([.. Data.Take(count)]))];

    [Fact]
    public void All_sizes_are_consistent_with_all_larger_ones()
    {
        for (var second = 0; second <= Largest; second++)
        {
            var data = Data.Take(second).ToList();
            for (var first = 0; first <= second; first++)
            {
                var path = first == 0 ? [] : SlowTree.Proof(first, data);
                new ConsistencyProof(first, Roots[first], second, Roots[second], path).IsValid.ShouldBeTrue($"{first} in {second}");
            }
        }
    }

    [Fact]
    public async Task A_log_is_proved_as_the_rfc_says()
    {
        var reader = Logs.Reader(33);
        foreach (var (first, second) in ((int, int)[])[(0, 0), (0, 33), (1, 2), (1, 33), (3, 7), (4, 7), (6, 7), (8, 32), (16, 33), (31, 32), (32, 33), (33, 33), (12, 20)])
        {
            var proof = await reader.ProveConsistencyAsync(first, second, default);
            proof.Path.ShouldBe(first == 0 ? [] : SlowTree.Proof(first, Logs.Data(second)));
            proof.FirstRoot.ShouldBe(Convert.ToHexStringLower(Roots[first]));
            proof.SecondRoot.ShouldBe(Convert.ToHexStringLower(Roots[second]));
            var read = ConsistencyProof.Read(proof.Write());
            read.IsValid.ShouldBeTrue($"{first} in {second}");
            read.Write().ShouldBe(proof.Write());
        }
    }

    [Property(MaxTest = 300)]
    public Property Any_change_of_a_proof_is_noticed() => Prop.ForAll(
        (from second in Gen.Choose(2, Largest)
         from first in Gen.Choose(1, second - 1)
         from what in Gen.Choose(0, 5)
         from at in Gen.Choose(0, 1000)
         select (first, second, what, at)).ToArbitrary(), sample =>
        {
            var (first, second, what, at) = sample;
            var path = SlowTree.Proof(first, [.. Data.Take(second)]);
            var changed = what switch
            {
                0 => new ConsistencyProof(first, Flip(Roots[first], at), second, Roots[second], path),
                1 => new ConsistencyProof(first, Roots[first], second, Flip(Roots[second], at), path),
                2 => new ConsistencyProof(first, Roots[first], second, Roots[second], [.. path.Select((hash, i) => i == at % path.Count ? Flip(hash, at) : hash)]),
                3 => new ConsistencyProof(first, Roots[first], second, Roots[second], [.. path.Where((_, i) => i != at % path.Count)]),
                4 => new ConsistencyProof(first, Roots[first], second, Roots[second], [.. path, path[^1]]),
                _ => new ConsistencyProof(second, Roots[second], first, Roots[first], path),
            };
            changed.IsValid.ShouldBeFalse();
        });

    [Fact]
    public async Task A_rewritten_beginning_is_not_consistent()
    {
        using var key = Fixture.Key("root");
        var earlier = Logs.Head(key, 5);
        var later = Logs.Head(key, 9);
        var proof = await Logs.Reader(9).ProveConsistencyAsync(5, 9, default);
        proof.IsBetween(earlier, later).ShouldBeTrue();
        proof.IsBetween(earlier with { Root = Logs.Head(key, 6).Root }, later).ShouldBeFalse();
        proof.IsBetween(Logs.Head(key, 4), later).ShouldBeFalse();
    }

    [Theory]
    [InlineData(-1, 5, "first must be from 0 to 5")]
    [InlineData(6, 5, "first must be from 0 to 5")]
    [InlineData(1, 11, "second must be from 0 to 10")]
    public async Task Sizes_that_are_not_there_are_refused(long first, long second, string reason) =>
        (await Should.ThrowAsync<ProofInputException>(() => Logs.Reader(10).ProveConsistencyAsync(first, second, default))).Message.ShouldContain(reason);

    private static byte[] Flip(byte[] hash, int at)
    {
        var changed = (byte[])hash.Clone();
        changed[at % changed.Length] ^= (byte)(1 << (at % 8));
        return changed;
    }
}
