using Granary.Grains.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Invocation;

namespace Granary.Grains.Tests.Calls;

/// <summary>
/// What versions say to each other during a roll. Wire.txt has every message as an earlier version wrote it. A field that was added since may follow the others; nothing else may differ.
/// OrleansContracts.txt holds the grains' methods, not the fields of what they take and return.
/// </summary>
public sealed class WireTests
{
    private static readonly Dictionary<string, byte[]> Written = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Calls", "Wire.txt"))
        .Where(line => !line.StartsWith('#')).Select(line => line.Split(' ')).ToDictionary(line => line[0], line => Convert.FromHexString(line[1]));

    private static readonly DateTimeOffset Time = new(2026, 11, 30, 21, 0, 0, TimeSpan.Zero);

    /// <summary>Part of a buffer, as answers of operations are.</summary>
    private static readonly ReadOnlyMemory<byte> Json = "\0{\"text\":\"hello\"}\0"u8.ToArray().AsMemory()[1..^1];

    private static readonly FindingMessage Finding = new(7, "chain.prev_hash", "It is not the hash of event 6.");
    private static readonly ReceiptMessage Receipt = new("event", 41, "hash", "2026-11-30T21:00:00Z", "provara", "state", true);
    private static readonly ConnectionMessage Connection = new("https://unit-tenant.instana.example", "session", "secret", "csrf", "cookie");

    /// <summary>The messages of Wire.txt. Fields that were added since have no value here.</summary>
    private static readonly Dictionary<string, object> Samples = new()
    {
        ["granary.append"] = new AppendMessage("note", Json, ["a", "b"], true, "key", "retry", "actor", "canonical", true),
        ["granary.creation"] = new CreationMessage("backpack", "actor", "uid", true, "retry"),
        ["granary.vault-call"] = new VaultCallMessage("list_events", Json, "key", "retry"),
        ["granary.vault-result"] = new VaultResultMessage(Json),
        ["granary.receipt"] = Receipt,
        ["granary.vault-description"] = new VaultMessage("notes", "backpack", "2026-11-30T21:00:00Z", "bp1_key", "public", 41, "uid", "genesis", "merkle", "quorum"),
        ["granary.head"] = new HeadMessage(41, "hash"),
        ["granary.verification"] = new VerificationMessage(true, 41, "hash", [Finding, new FindingMessage(null, "vault.key", "There is none.")], 2),
        ["granary.finding"] = Finding,
        ["granary.timeline-query"] = new TimelineQueryMessage("note", Time, Time.AddHours(1), 10),
        ["granary.timeline"] = new TimelineMessage([Json.ToArray(), "{}"u8.ToArray()], true),
        ["granary.vault-listing"] = new ListingMessage("no", "notes", 100),
        ["granary.vault-page"] = new VaultPageMessage(["notes", "other"], "other"),
        ["granary.commit"] = new CommitMessage("tenant", "notes", 41, 7),
        ["granary.instana-call"] = new InstanaCallMessage(
            Connection, "instana_events", "events", "get", Json, new Dictionary<string, string> { ["trace"] = "1" }, Time, TimeSpan.FromSeconds(30)),
        ["granary.connection"] = Connection,
        ["granary.instana-result"] = new InstanaResultMessage(Json, true),
        ["granary.limit"] = new LimitMessage("key", 10, 20, 5),
        ["granary.limit-grant"] = new LimitGrantMessage(5, TimeSpan.FromSeconds(2)),
        ["granary.fault"] = new TenantFaultException("NotFound", "There is no vault 'notes'.", 1500),
        ["granary.partial`1"] = new Partial<VaultResultMessage>(new VaultResultMessage(Json), Guid.Parse("5f0c1a2e-1d4b-4c58-9e40-7c1f6b2d9a11"), 3, 4),
        ["empty.creation"] = new CreationMessage("psmc", null, null, false, "retry"),
        ["empty.vault-call"] = new VaultCallMessage("list_events", default, null, null),
        ["empty.receipt"] = new ReceiptMessage("event", 0, "hash", "2026-11-30T21:00:00Z", null, null, false),
        ["empty.vault-description"] = new VaultMessage("notes", "psmc", "2026-11-30T21:00:00Z", "bp1_key", "public", 0),
        ["empty.timeline-query"] = new TimelineQueryMessage(null, null, null, null),
        ["answer.receipt"] = Response.FromResult(Receipt),
        ["answer.vault-description"] = Response.FromResult(new VaultMessage("notes", "psmc", "2026-11-30T21:00:00Z", "bp1_key", "public", 0)),
        ["answer.head"] = Response.FromResult(new HeadMessage(41, "hash")),
        ["answer.limit-grant"] = Response.FromResult(new LimitGrantMessage(5, TimeSpan.FromSeconds(2))),
        ["answer.partial-verification"] = Response.FromResult(new Partial<VerificationMessage>(new VerificationMessage(false, 41, "hash", [Finding], 1), null, 0, 0)),
        ["answer.partial-vault-result"] = Response.FromResult(new Partial<VaultResultMessage>(new VaultResultMessage(Json), null, 0, 0)),
    };

    private static readonly Serializer Serializer = new ServiceCollection().AddSerializer(orleans => orleans.AddAssembly(typeof(IVaultGrain).Assembly))
        .BuildServiceProvider().GetRequiredService<Serializer>();

    public static TheoryData<string> Names => [.. Samples.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_message_is_written_as_an_earlier_version_wrote_it(string name) => ShouldBeAsWritten(name, Samples[name]);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_message_of_an_earlier_version_is_read_whole(string name)
    {
        var read = Serializer.Deserialize<object>(Written[name])!;
        read.ShouldBeOfType(Samples[name].GetType());
        ShouldBeAsWritten(name, read);
    }

    [Fact]
    public void Every_message_is_known_here() =>
        (from type in typeof(IVaultGrain).Assembly.GetTypes()
         where type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false)
         select type.GetCustomAttributes(typeof(AliasAttribute), inherit: false).Cast<AliasAttribute>().SingleOrDefault()?.Alias ?? type.FullName)
        .ShouldBeSubsetOf(Samples.Keys);

    /// <summary>The last byte ends the message: what was added stands before it.</summary>
    private void ShouldBeAsWritten(string name, object message)
    {
        var now = Convert.ToHexStringLower(Serializer.SerializeToArray(message));
        Written.ShouldContainKey(name, $"A new message? Its line in Wire.txt: {name} {now}");
        now.ShouldStartWith(Convert.ToHexStringLower(Written[name].AsSpan()[..^1]));
    }
}
