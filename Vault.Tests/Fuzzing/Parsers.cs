using System.Text;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Documents;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Files.Commits;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Fuzzing;

/// <summary>Every parser of the library that reads what others wrote. A new one is a line here.</summary>
internal static class Parsers
{
    private static readonly KeyRing Ring = KeyRing.Parse(Convert.ToBase64String(new byte[KeyRing.KeyLength]));

    public static IReadOnlyList<Parser> All { get; } =
    [
        new("canonical JSON", CanonicalTexts(), bytes => CanonicalJson.Canonicalize(bytes), typeof(CanonicalJsonException)),
        new("PSMC event", Lines("sample-psmc-vault/events/events.ndjson"), bytes => WithScratch(scratch => PsmcEvent.Read(bytes, scratch))),
        new("PSMC chain line", Lines("sample-psmc-vault/chain/chain.ndjson"), bytes => WithScratch(scratch => PsmcChainLine.Read(bytes, scratch))),
        new("PSMC entry", Lines("sample-psmc-vault/events/events.ndjson"), bytes => PsmcFormat.Instance.Check(0, bytes, bytes, out _)),
        new("PSMC metadata", [Fixture.Read("sample-psmc-vault/psmc.json")], bytes => PsmcMetadata.Read(bytes), typeof(FormatException)),
        new("PSMC event to append", [.. Lines("sample-psmc-vault/events/events.ndjson").Select(Data)], Prepare, typeof(PsmcInputException)),
        new("PSMC timestamp", [Utf8("2026-01-05T09:00:00.250000+00:00")], bytes => EventTimestamp.TryParse(Encoding.UTF8.GetString(bytes), out _)),
        new("public key file", [Fixture.Read("sample-psmc-vault/keys/active.pub.pem")], bytes => KeyPem.ReadPublic(bytes), typeof(FormatException)),
        new("private key file", [PrivatePem()], bytes => KeyPem.ReadPrivate(bytes).Dispose(), typeof(FormatException)),
        new("key-encryption ring", [Utf8($"# first\n{Convert.ToBase64String(new byte[32])}\n")], bytes => KeyRing.Parse(Encoding.UTF8.GetString(bytes)).Dispose(), typeof(FormatException)),
        new("wrapped key", [Ring.Wrap(PrivatePem(), "notes")], bytes => Ring.Unwrap(bytes, "notes"), typeof(KeyRingException)),
        new("commit log", [Commit(), [.. Commit(), .. Commit()]], bytes => CommitRecord.DecodeAll(bytes).Count()),
        new("Backpack event", Lines("sample-vault-strict/events/events.ndjson"), ReadBackpack),
        new("Backpack entry", Lines("sample-vault-strict/events/events.ndjson"), bytes => BackpackFormat.Instance.Check(0, bytes, default, out _)),
        new("Backpack event to append", [.. Lines("sample-vault-strict/events/events.ndjson").Where(IsObservation).Select(Payload)], PrepareBackpack, typeof(BackpackInputException)),
        new("Backpack key registry", KeyRegistries(), bytes => KeyRegistry.Read(bytes), typeof(FormatException)),
        new("Backpack private keys", PrivateKeyFiles(), bytes => PrivateKeyFile.Read(bytes).Dispose(), typeof(FormatException)),
        new("Backpack manifest", [Fixture.Read("sample-vault-strict/manifest.json")], bytes => Manifest.Read(bytes).MerkleRoot(), typeof(FormatException)),
        new("Backpack manifest signature", [Fixture.Read("sample-vault-strict/manifest.sig")], bytes => ManifestSignature.Read(bytes).Write(), typeof(FormatException)),
        new("Backpack chains", [Chains()], bytes => BackpackChains.Restore(bytes).Next("agent_a"), typeof(FormatException)),
        new("reducer", [.. Lines("sample-psmc-vault/events/provara.ndjson"), .. Belief()], Reduce),
        .. ProofParsers.All,
        .. CheckpointParsers.All,
        .. EvidenceParsers.All,
        .. SyncParsers.All,
        .. DocumentParsers.All,
        .. StateParsers.All,
    ];

    public static Parser Find(string name) => All.Single(parser => parser.Name == name);

    private static IReadOnlyList<byte[]> Lines(string file) => [.. File.ReadAllLines(Fixture.PathOf(file)).Select(Utf8)];

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static IReadOnlyList<byte[]> CanonicalTexts() =>
        [.. Fixture.Json("extra/canonical-extra.json").GetProperty("vectors").EnumerateArray().Select(vector => Utf8(vector.GetProperty("input_json_text").GetString()!))];

    private static byte[] Data(byte[] line) => Utf8(System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("data").GetRawText());

    private static byte[] Payload(byte[] line) => Utf8(System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("payload").GetRawText());

    private static bool IsObservation(byte[] line) => line.AsSpan().IndexOf("\"type\":\"OBSERVATION\""u8) >= 0;

    private static void ReadBackpack(byte[] bytes) => WithScratch(scratch =>
    {
        if (!BackpackEvent.TryRead(bytes, scratch, out var read))
            return;
        using var key = Fixture.Key("psmc_active");
        // Everything that is worked out of a line nobody vouches for.
        _ = (read.Id, read.Type, read.Actor, read.KeyId, read.Namespace, read.LogicalTime, read.PreviousId, read.Timestamp, read.Signature, read.IsTombstone);
        _ = (read.FindIdStyle(), read.EntryHash(), read.IsSignedBy(key.PublicKey), read.PayloadText("subject"u8));
        new BackpackChains().Apply(read);
    });

    private static void PrepareBackpack(byte[] bytes)
    {
        using var key = Fixture.Key("psmc_active");
        var builder = new BackpackEventBuilder(key);
        var built = builder.Build(PreparedBackpackEvent.Create("OBSERVATION", bytes, "agent_a"), ChainLink.First, TestVault.Time);
        // What is accepted is written in canonical form and whole.
        CanonicalJson.Canonicalize(built.Entry.Event.Span).ShouldBe(built.Entry.Event.ToArray());
        BackpackFormat.Instance.Check(0, built.Entry.Event.Span, default, out var hash).ShouldBe(EntryState.Whole);
        hash.ShouldBe(built.Entry.Hash);
    }

    private static IReadOnlyList<byte[]> KeyRegistries() =>
        [Fixture.Read("sample-vault-strict/identity/keys.json"), Fixture.Read("sample-vault-rekeyed/identity/keys.json")];

    private static IReadOnlyList<byte[]> PrivateKeyFiles()
    {
        using var key = Fixture.Key("psmc_active");
        var (id, seed) = (key.PublicKey.KeyId, Convert.ToBase64String(key.ExportSeed()));
        return
        [
            PrivateKeyFile.Write([key]),
            Utf8($$"""{"WARNING":"secret","{{id}}":"{{seed}}"}"""),
            Utf8($$$"""{"WARNING":"secret","root":{"key_id":"{{{id}}}","private_key_b64":"{{{seed}}}"}}"""),
        ];
    }

    private static byte[] Chains()
    {
        var chains = new BackpackChains();
        foreach (var line in Lines("sample-vault-strict/events/events.ndjson"))
            chains.Apply(line);
        return chains.Snapshot();
    }

    private static byte[] PrivatePem()
    {
        using var key = Fixture.Key("psmc_active");
        return KeyPem.WritePrivate(key);
    }

    private static byte[] Commit() => new CommitRecord(
        "vaults/notes", "state/notes", "birth", new(new LogHead(1, LogHead.ZeroHash), 0), [new(CommitFile.Events, 0, Utf8("{}\n"))], Utf8("journal")).Encode();

    private static byte[][] Belief() =>
    [
        Utf8("""{"actor":"a","event_id":"evt_1","payload":{"confidence":0.9,"predicate":"is","subject":"door","value":"open"},"type":"OBSERVATION"}"""),
        Utf8("""{"actor":"a","event_id":"evt_2","payload":{"predicate":"is","subject":"door","target_event_id":"evt_1","value":"shut"},"type":"ATTESTATION"}"""),
        Utf8("""{"actor":"b","event_id":"evt_3","payload":{"epoch_id":"e2","ontology_versions":{"p":"v1"},"reducer_hash":"00"},"type":"REDUCER_EPOCH"}"""),
    ];

    private static void WithScratch(Action<PooledBuffer> read)
    {
        using var scratch = new PooledBuffer();
        read(scratch);
    }

    private static void Prepare(byte[] bytes) => PreparedEvent.Create("belief", bytes, null, emitBridge: true);

    private static void Reduce(byte[] bytes)
    {
        var reducer = new ReducerV0();
        foreach (var line in Belief().Append(bytes).Append(bytes))
            reducer.Apply(line);
        reducer.StateHash().Length.ShouldBe(64);
        using var state = new PooledBuffer();
        reducer.WriteState(state);
        // Whatever it has taken, what it says is well-formed.
        CanonicalJson.Canonicalize(state.Written, CanonicalJson.GreatestMaxDepth).ShouldBe(state.Written.ToArray());
    }
}
