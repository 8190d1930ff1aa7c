using System.Text;
using Granary.Vault.Keys;
using Granary.Vault.Psmc.Bridge;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Psmc.Verification;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Psmc;

/// <summary>Every way of changing a vault behind its back is found, and the finding names it.</summary>
public sealed class TamperingTests
{
    private const int Count = 8;

    public static TheoryData<string, string> Cases => new()
    {
        { "flip data", "event.hash" },
        { "flip signature", "chain.signature" },
        { "unknown key", "chain.key" },
        { "swap key files", "chain.key" },
        { "delete an event from both files", "event.prev_hash" },
        { "insert an event twice into both files", "event.seq" },
        { "reorder both files", "chain.prev_hash" },
        { "reorder one file", "chain.hash" },
        { "not canonical", "event.canonical" },
        { "not json", "event.json" },
        { "chain not json", "chain.json" },
        { "rehash without signing", "chain.signature" },
        { "forge the rest with a foreign key", "chain.key" },
        { "truncate both files", "anchor.truncated" },
        { "truncate the events", "anchor.truncated" },
        { "truncate the chain", "anchor.truncated" },
        { "rewrite the last event with the vault's key", "anchor.head" },
        { "metadata", "metadata.key" },
        { "remove the public key", "key.file" },
        { "bridge flip", "bridge.event_id" },
        { "bridge delete", "bridge.prev_event_hash" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_change_is_found(string change, string rule)
    {
        using var folder = new TestFolder();
        await TestVault.CreateAsync(folder);
        await using (var vault = await TestVault.OpenAsync(folder))
            await TestVault.AppendAsync(vault, Count, bridge: await PsmcBridge.LoadAsync(vault.Log, default));
        var tamperer = new Tamperer(folder.Vault);
        tamperer.Apply(change);
        var before = tamperer.Lengths();

        await using var log = await TestVault.Store(folder).OpenAsync(default);
        var report = await new PsmcVerifier(log).RunAsync(null, null, default);
        report.Valid.ShouldBeFalse();
        report.Findings.Select(finding => finding.Rule).ShouldContain(rule);
        report.Findings.ShouldAllBe(finding => finding.Reason.EndsWith('.'));
        tamperer.Lengths().ShouldBe(before, "evidence stays as it is");
        if (rule.StartsWith("anchor", StringComparison.Ordinal))
            (await Should.ThrowAsync<VaultStorageException>(() => log.AppendAsync(log.Head, [new LogEntry("", default, default)], default)))
                .Failure.ShouldBe(VaultStorageFailure.Damaged);
    }

    [Fact]
    public async Task Findings_are_counted_beyond_those_that_are_listed()
    {
        using var folder = new TestFolder();
        await TestVault.FillAsync(folder, 40);
        new Tamperer(folder.Vault).SwapKeys();
        await using var log = await TestVault.Store(folder).OpenAsync(default);
        var report = await new PsmcVerifier(log, maxFindings: 5).RunAsync(null, null, default);
        report.Findings.Count.ShouldBe(5);
        report.FindingCount.ShouldBeGreaterThanOrEqualTo(40);
    }
}

internal sealed class Tamperer(string vault)
{
    private readonly string _events = Path.Combine(vault, "events", "events.ndjson");
    private readonly string _chain = Path.Combine(vault, "chain", "chain.ndjson");
    private readonly string _bridge = Path.Combine(vault, "events", "provara.ndjson");
    private readonly string _metadata = Path.Combine(vault, "psmc.json");
    private readonly string _publicKey = Path.Combine(vault, "keys", "active.pub.pem");

    public long[] Lengths() => [new FileInfo(_events).Length, new FileInfo(_chain).Length];

    public void Apply(string change)
    {
        switch (change)
        {
            case "flip data":
                Edit(_events, lines => lines[3] = lines[3].Replace("\"n\":3", "\"n\":4"));
                break;
            case "flip signature":
                Edit(_chain, lines => lines[3] = lines[3][..^4] + (lines[3][^4] == '0' ? '1' : '0') + lines[3][^3..]);
                break;
            case "unknown key":
                Edit(_chain, lines => lines[3] = lines[3].Replace("bp1_519cae93e93ad011", "bp1_0000000000000000"));
                break;
            case "swap key files":
                SwapKeys();
                break;
            case "delete an event from both files":
                Edit(_events, lines => lines.RemoveAt(3));
                Edit(_chain, lines => lines.RemoveAt(3));
                File.Delete(Anchor);
                RestoreTail();
                break;
            case "insert an event twice into both files":
                Edit(_events, lines => lines.Insert(3, lines[3]));
                Edit(_chain, lines => lines.Insert(3, lines[3]));
                break;
            case "reorder both files":
                Edit(_events, lines => lines.Reverse(2, 2));
                Edit(_chain, lines => lines.Reverse(2, 2));
                break;
            case "reorder one file":
                Edit(_chain, lines => lines.Reverse(2, 2));
                break;
            case "not canonical":
                Edit(_events, lines => lines[3] = lines[3].Replace("\"seq\":3", "\"seq\": 3"));
                break;
            case "not json":
                Edit(_events, lines => lines[3] = "garbage");
                break;
            case "chain not json":
                Edit(_chain, lines => lines[3] = "[]");
                break;
            case "rehash without signing":
                Forge(3, sign: false);
                break;
            case "forge the rest with a foreign key":
                Forge(3, sign: true);
                break;
            case "truncate both files":
                Edit(_events, lines => lines.RemoveAt(lines.Count - 1));
                Edit(_chain, lines => lines.RemoveAt(lines.Count - 1));
                break;
            case "truncate the events":
                Edit(_events, lines => lines.RemoveAt(lines.Count - 1));
                break;
            case "truncate the chain":
                Edit(_chain, lines => lines.RemoveAt(lines.Count - 1));
                break;
            case "rewrite the last event with the vault's key":
                Rewrite(File.ReadAllLines(_events).Length - 1, Fixture.Key("psmc_active"));
                break;
            case "metadata":
                File.WriteAllText(_metadata, File.ReadAllText(_metadata).Replace("bp1_519cae93e93ad011", "bp1_a18112b0b7b4225f"));
                break;
            case "remove the public key":
                File.Delete(_publicKey);
                break;
            case "bridge flip":
                Edit(_bridge, lines => lines[2] = lines[2].Replace("\"n\":2", "\"n\":7"));
                break;
            case "bridge delete":
                Edit(_bridge, lines => lines.RemoveAt(2));
                break;
            default:
                throw new ArgumentException(change);
        }
    }

    private string Anchor => Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(vault)!)!, "state", Path.GetFileName(vault), "anchor");

    public void SwapKeys()
    {
        using var other = Fixture.Key("psmc_rotated");
        File.WriteAllBytes(_publicKey, KeyPem.WritePublic(other.PublicKey));
    }

    /// <summary>Makes the last pair right again, so that only the middle tells.</summary>
    private void RestoreTail() => Rewrite(File.ReadAllLines(_events).Length - 1, Fixture.Key("psmc_active"));

    private void Forge(int from, bool sign)
    {
        using var foreign = Fixture.Key("root");
        var events = File.ReadAllLines(_events).ToList();
        if (!sign)
        {
            var chainLines = File.ReadAllLines(_chain);
            var keyed = chainLines[from];
            Rewrite(from, foreign);
            // The foreign signature under the vault's own key id.
            Edit(_chain, lines => lines[from] = lines[from].Replace(foreign.PublicKey.KeyId, "bp1_519cae93e93ad011"));
            keyed.ShouldNotBe(File.ReadAllLines(_chain)[from]);
            return;
        }
        for (var i = from; i < events.Count; i++)
            Rewrite(i, foreign);
        File.Delete(Anchor);
    }

    private void Rewrite(int position, SigningKey key)
    {
        var chain = File.ReadAllLines(_chain);
        var builder = new PsmcEntryBuilder(key);
        var previous = position == 0 ? LogHead.ZeroHash : System.Text.Json.JsonDocument.Parse(chain[position - 1]).RootElement.GetProperty("hash").GetString()!;
        var built = builder.Build(PreparedEvent.Create("note", "{\"forged\":true}"u8), new LogHead(position, previous), Guid.NewGuid(), TestVault.Time, null);
        Edit(_events, lines => lines[position] = Encoding.UTF8.GetString(built.Entry.Event.Span));
        Edit(_chain, lines => lines[position] = Encoding.UTF8.GetString(built.Entry.Chain.Span));
    }

    private static void Edit(string path, Action<List<string>> edit)
    {
        var lines = File.ReadAllLines(path).ToList();
        edit(lines);
        File.WriteAllText(path, string.Concat(lines.Select(line => line + "\n")));
    }
}
