using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FsCheck.Xunit;
using Granary.Vault.Canonical;
using Granary.Vault.Reducer;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Reducer;

public sealed class ReducerV1Tests
{
    [Fact]
    public void It_counts_events_actors_and_types_of_a_log()
    {
        var log = File.ReadAllBytes(Fixture.PathOf("sample-vault/events/events.ndjson"));
        var statistics = Feed(new ReducerV1(), log.AsSpan());
        using var output = new PooledBuffer();
        statistics.WriteState(output);
        var state = JsonDocument.Parse(output.WrittenMemory).RootElement;
        state.GetProperty("event_count").GetInt64().ShouldBe(8);
        state.GetProperty("last_event_offset").GetInt64().ShouldBe(log.Length);
        state.GetProperty("last_event_id").GetString().ShouldBe("evt_83ff011de26541def258a009");
        state.GetProperty("actor_chain_heads").GetProperty("agent_b").GetString().ShouldBe("evt_35d052b9d0eccc2d471c9ece");
        state.GetProperty("actors").EnumerateArray().Select(actor => actor.GetString()).ShouldBe(["agent_b", "authority", "provara_user", "sample_actor"]);
        state.GetProperty("type_counts").GetProperty("OBSERVATION").GetInt64().ShouldBe(3);
        CanonicalJson.Canonicalize(output.Written).ShouldBe(output.Written.ToArray());
    }

    [Property(MaxTest = 100)]
    public void The_root_of_the_frontier_is_the_root_of_the_tree(byte count)
    {
        var statistics = new ReducerV1();
        var leaves = new List<byte[]>();
        for (var i = 0; i < count % 40; i++)
        {
            var line = Encoding.UTF8.GetBytes($$"""{"actor":"a","event_id":"e{{i}}","type":"T"}""");
            leaves.Add(SHA256.HashData(line));
            statistics.Apply(line);
        }
        statistics.MerkleRoot().ShouldBe(Root(leaves));
    }

    [Property(MaxTest = 100)]
    public void Resuming_from_its_checkpoint_equals_a_full_run(byte[] lengths, byte cut)
    {
        var lines = lengths.Select((length, i) => Encoding.UTF8.GetBytes($$"""{"actor":"a{{length % 4}}","type":"t{{length % 3}}","n":{{i}}}""")).ToList();
        var at = lines.Count == 0 ? 0 : cut % (lines.Count + 1);
        var (whole, part) = (new ReducerV1(), new ReducerV1());
        lines.ForEach(line => whole.Apply(line));
        lines.Take(at).ToList().ForEach(line => part.Apply(line));
        using var checkpoint = new PooledBuffer();
        part.WriteCheckpoint(checkpoint);
        var resumed = ReducerV1.Resume(checkpoint.WrittenMemory);
        lines.Skip(at).ToList().ForEach(line => resumed.Apply(line));
        Text(resumed).ShouldBe(Text(whole));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"format":"other","state":{}}""")]
    [InlineData("""{"format":"provara.reducer_v1.checkpoint","state":{}}""")]
    public void What_is_no_checkpoint_is_refused(string text) =>
        Should.Throw<FormatException>(() => ReducerV1.Resume(Encoding.UTF8.GetBytes(text)));

    private static string Root(List<byte[]> level)
    {
        if (level.Count == 0)
            return Convert.ToHexStringLower(SHA256.HashData([]));
        while (level.Count > 1)
        {
            level = [.. Enumerable.Range(0, (level.Count + 1) / 2)
                .Select(i => SHA256.HashData([.. level[2 * i], .. level[Math.Min((2 * i) + 1, level.Count - 1)]]))];
        }
        return Convert.ToHexStringLower(level[0]);
    }

    private static ReducerV1 Feed(ReducerV1 statistics, ReadOnlySpan<byte> log)
    {
        while (log.IndexOf((byte)'\n') is var end and >= 0)
        {
            statistics.Apply(log[..end]);
            log = log[(end + 1)..];
        }
        return statistics;
    }

    private static string Text(ReducerV1 statistics)
    {
        using var output = new PooledBuffer();
        statistics.WriteState(output);
        return Encoding.UTF8.GetString(output.Written);
    }
}
