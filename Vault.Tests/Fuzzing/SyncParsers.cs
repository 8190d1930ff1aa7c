using System.Text;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Psmc.Keys;
using Granary.Vault.Sync;
using Granary.Vault.Tests.Backpack;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Fuzzing;

/// <summary>What one vault hands to another: bundles, events, fencing tokens, the marks of PSMC events that were taken over.</summary>
internal static class SyncParsers
{
    private static readonly SigningKey Key = Fixture.Key("psmc_active");

    private static readonly SigningKey Other = Fixture.Key("root");

    private static readonly byte[][] Lines = SampleEvents.Of("sample-vault");

    public static IReadOnlyList<Parser> All { get; } =
    [
        new("delta bundle", [Fixture.Read("delta/sample-full.delta.ndjson")], ReadBundle, typeof(FormatException)),
        new("events to import", [Join(Lines), Join(Lines[3..])], Import),
        new("logs to merge", [Join(Lines), Join(Lines[3..])], Merge),
        new("fencing token", [Token()], Check),
        new("rotation endorsement", [RotationEndorsement.Data(Key, Other.PublicKey, "keys/retired/old_public.pub.pem")], CheckEndorsement),
        new("origin of an event", [Foreign()], CheckOrigin),
    ];

    private static PublicKey? Find(string id) => id == Key.PublicKey.KeyId ? Key.PublicKey : null;

    private static byte[] Join(IEnumerable<byte[]> lines) => [.. lines.SelectMany(line => (byte[])[.. line, (byte)'\n'])];

    private static ReadOnlyMemory<byte>[] Split(byte[] bytes) => [.. Encoding.Latin1.GetString(bytes).Split('\n').Select(line => (ReadOnlyMemory<byte>)Encoding.Latin1.GetBytes(line))];

    /// <summary>Whatever keys and events a bundle brings, a vault of other keys takes none of them on its word.</summary>
    private static void ReadBundle(byte[] bytes)
    {
        var bundle = DeltaBundle.Read(bytes);
        _ = (bundle.Since, bundle.ExportedAt, bundle.Lines.Count);
        foreach (var key in bundle.Keys)
            _ = (key.KeyId, key.IsActive, key.HasOwnId, key.Roles.Count, key.PromotionEventId, key.RevocationEventId);
    }

    /// <summary>What is taken is what the vault has already, or verifies by its keys.</summary>
    private static void Import(byte[] bytes)
    {
        var registry = KeyRegistry.Read(Fixture.Read("sample-vault/identity/keys.json"));
        var vault = new LinesReader(Lines[..3]);
        var plan = ImportPlanner.PlanAsync(vault, registry, Split(bytes.AsSpan().TrimEnd((byte)'\n').ToArray()), [], new ImportOptions(), default).GetAwaiter().GetResult();
        if (plan.Success)
            plan.Change.Entries.Where(entry => !Lines.Any(line => entry.Event.Span.SequenceEqual(line))).ShouldBeEmpty();
        else
            plan.Change.Entries.ShouldBeEmpty();
    }

    private static void Merge(byte[] bytes)
    {
        var here = Lines.Select(line => (ReadOnlyMemory<byte>)line).ToList();
        var merged = LogMerge.Merge(here, Split(bytes));
        LogMerge.Merge(Split(bytes), here).Lines.Select(FolderSetup.Text).ShouldBe(merged.Lines.Select(FolderSetup.Text));
        merged.ToJson();
    }

    private static byte[] Token() => FencingToken.Issue(Key, "evt_000000000000000000000001", TestVault.Time, new string('a', 32));

    private static void Check(byte[] bytes)
    {
        FencingToken.EventOf(bytes);
        var rules = new FencingRules { MaxAge = TimeSpan.FromMinutes(1) };
        // A token that holds is the one that was issued, whatever else stands beside its members.
        if (FencingToken.FindProblem(bytes, Find, id => id == "evt_000000000000000000000001", TestVault.Time, rules) is null)
            FencingToken.EventOf(bytes).ShouldBe("evt_000000000000000000000001");
    }

    private static void CheckEndorsement(byte[] bytes)
    {
        if (Canonical(bytes) is { } data)
            RotationEndorsement.Problem(data, id => id == Other.PublicKey.KeyId ? Other.PublicKey : Find(id));
    }

    private static byte[] Foreign()
    {
        using var scratch = new PooledBuffer();
        var line = Fixture.Read("sample-psmc-vault/events/events.ndjson").AsSpan();
        var chain = Fixture.Read("sample-psmc-vault/chain/chain.ndjson").AsSpan();
        line = line[..line.IndexOf((byte)'\n')];
        var origin = PsmcOrigin.Write(line, chain[..chain.IndexOf((byte)'\n')]);
        return CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetString(line)[..^1]},\"origin\":{Encoding.UTF8.GetString(origin)}}}"));
    }

    private static void CheckOrigin(byte[] bytes)
    {
        if (Canonical(bytes) is { } line)
            PsmcOrigin.IsProven(line, Key.PublicKey);
    }

    private static byte[]? Canonical(byte[] bytes)
    {
        try
        {
            return CanonicalJson.Canonicalize(bytes) is [(byte)'{', ..] text ? text : null;
        }
        catch (CanonicalJsonException)
        {
            return null;
        }
    }
}
