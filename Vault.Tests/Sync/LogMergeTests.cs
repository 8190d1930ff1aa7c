using System.Security.Cryptography;
using System.Text;
using FsCheck.Xunit;
using Granary.Vault.Reducer;
using Granary.Vault.Sync;
using Granary.Vault.Tests.Backpack;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Sync;

public sealed class LogMergeTests
{
    [Fact]
    public void The_sample_logs_merge_to_the_sample_log_state_and_record()
    {
        var result = LogMerge.Merge(Sample("local"), Sample("remote"));
        string.Concat(result.Lines.Select(line => Text(line) + "\n")).ShouldBe(File.ReadAllText(Fixture.PathOf("sync/merged.ndjson")));
        using var state = new ReducerV0();
        foreach (var line in result.Lines)
            state.Apply(line.Span);
        var report = new SyncReport(result.NewCount, state.StateHash(), [], result.Forks);
        Encoding.UTF8.GetString(report.ToJson()).ShouldBe(File.ReadAllText(Fixture.PathOf("sync/result.json")));
        result.Conflicts.ShouldHaveSingleItem().ShouldContain("agent_b");
        Encoding.UTF8.GetString(result.ToJson()).ShouldStartWith("{\n  \"merged_event_count\": 12,\n  \"new_count\": 2,\n  \"conflict_count\": 1,");
    }

    [Property(MaxTest = 200)]
    public void It_does_not_depend_on_the_order_of_the_logs(ushort[] left, ushort[] right) =>
        Texts(LogMerge.Merge(Logs(left), Logs(right))).ShouldBe(Texts(LogMerge.Merge(Logs(right), Logs(left))));

    [Property(MaxTest = 200)]
    public void It_does_not_depend_on_how_three_logs_are_paired(ushort[] a, ushort[] b, ushort[] c) =>
        Texts(LogMerge.Merge(LogMerge.Merge(Logs(a), Logs(b)).Lines, Logs(c)))
            .ShouldBe(Texts(LogMerge.Merge(Logs(a), LogMerge.Merge(Logs(b), Logs(c)).Lines)));

    [Property(MaxTest = 200)]
    public void Merging_again_changes_nothing(ushort[] a, ushort[] b)
    {
        var merged = LogMerge.Merge(Logs(a), Logs(b)).Lines;
        var again = LogMerge.Merge(merged, Logs(b));
        Texts(again).ShouldBe(merged.Select(Text));
        again.NewCount.ShouldBe(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_redaction_on_either_side_takes_the_payload_away_on_both(bool redactedHere)
    {
        byte[] original = Encoding.UTF8.GetBytes("""{"actor":"a","event_id":"e1","payload":{"secret":1},"timestamp_utc":"2","type":"OBSERVATION"}""");
        byte[] redaction = Encoding.UTF8.GetBytes("""{"actor":"r","event_id":"e2","payload":{"reason":"LEGAL_ORDER","target_event_id":"e1"},"timestamp_utc":"3","type":"com.provara.redaction"}""");
        ReadOnlyMemory<byte>[] redacted = [redaction];
        ReadOnlyMemory<byte>[] plain = [original];
        var merged = Texts(redactedHere ? LogMerge.Merge(redacted, plain) : LogMerge.Merge(plain, redacted));
        merged.Count.ShouldBe(2);
        merged[0].ShouldContain("\"redacted\":true,\"redaction_event_id\":\"e2\",\"redaction_reason\":\"LEGAL_ORDER\"");
        merged[0].ShouldNotContain("secret");
    }

    [Fact]
    public void A_tombstone_without_a_redaction_takes_nothing_away()
    {
        ReadOnlyMemory<byte>[] original = ["""{"actor":"a","event_id":"e1","payload":{"secret":1},"type":"OBSERVATION"}"""u8.ToArray()];
        ReadOnlyMemory<byte>[] tombstone = ["""{"actor":"a","event_id":"e1","payload":{"redacted":true},"type":"OBSERVATION"}"""u8.ToArray()];
        Texts(LogMerge.Merge(tombstone, original)).ShouldHaveSingleItem().ShouldContain("secret");
    }

    [Fact]
    public void Two_contents_of_one_id_are_a_conflict()
    {
        ReadOnlyMemory<byte>[] one = ["""{"actor":"a","event_id":"e1","payload":{"n":1}}"""u8.ToArray()];
        ReadOnlyMemory<byte>[] other = ["""{"actor":"a","event_id":"e1","payload":{"n":2}}"""u8.ToArray()];
        LogMerge.Merge(one, other).Conflicts.ShouldHaveSingleItem().ShouldContain("e1 has two contents");
    }

    [Fact]
    public void Lines_that_are_no_objects_are_counted()
    {
        ReadOnlyMemory<byte>[] lines = ["[]"u8.ToArray(), "{"u8.ToArray(), """{"event_id":"e"}"""u8.ToArray()];
        LogMerge.Merge(lines, []).Malformed.ShouldBe(2);
    }

    /// <summary>Few events, some of them redactions and tombstones, so that logs overlap; each id stands for one content.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Logs(ushort[] numbers) => numbers.Select(number => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(One(number)));

    private static string One(int number)
    {
        var (id, kind, target) = (number % 6, number / 6 % 4, number / 24 % 6);
        if (kind == 0)
            return $$"""{"actor":"r","event_id":"r{{target}}{{id}}","payload":{"reason":"OTHER","target_event_id":"e{{target}}"},"prev_event_hash":null,"timestamp_utc":"{{id}}","type":"com.provara.redaction"}""";
        const string content = """{"n":1}""";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
        var payload = kind == 1 ? $$"""{"original_payload_hash":"{{hash}}","redacted":true,"redaction_event_id":"r00","redaction_reason":"OTHER"}""" : content;
        return $$"""{"actor":"a{{id % 2}}","event_id":"e{{id}}","payload":{{payload}},"prev_event_hash":null,"timestamp_utc":"{{id / 2}}","type":"OBSERVATION"}""";
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Sample(string name) =>
        SampleEvents.Lines(Fixture.PathOf($"sync/{name}.ndjson")).Select(line => (ReadOnlyMemory<byte>)line);

    private static IReadOnlyList<string> Texts(MergeResult result) => [.. result.Lines.Select(Text)];

    private static string Text(ReadOnlyMemory<byte> line) => Encoding.UTF8.GetString(line.Span);
}
