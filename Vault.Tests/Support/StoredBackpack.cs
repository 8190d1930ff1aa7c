using System.Text;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Tests.Support;

/// <summary>A Backpack vault over any store: makes, opens, appends and redacts the shortest way.</summary>
internal sealed class StoredBackpack : IAsyncDisposable
{
    private readonly SigningKey _key = Fixture.Key("psmc_active");
    private readonly BackpackEventBuilder _builder;

    private StoredBackpack(IVaultLog log)
    {
        Log = log;
        _builder = new BackpackEventBuilder(_key);
    }

    public IVaultLog Log { get; }

    public static async Task CreateAsync(IVaultStore store)
    {
        using var key = Fixture.Key("psmc_active");
        var made = BackpackBootstrap.Create(new BackpackBirth { Root = key, Uid = "5f0c1c1e-0000-4000-8000-000000000001", KeepPrivateKeys = false }, TimeProvider.System);
        await store.CreateAsync(
            new VaultBirth(VaultFormats.Backpack, made.Documents)
            {
                Entries = made.Entries,
                Beside = [new VaultDocument("keys.json", "secret"u8.ToArray(), Secret: true), new VaultDocument("plain", "open"u8.ToArray())],
            },
            default);
    }

    /// <summary>One over a log that stays its opener's to close.</summary>
    public static StoredBackpack Over(IVaultLog log) => new(log);

    public static async Task<StoredBackpack> OpenAsync(IVaultStore store) => new(await store.OpenAsync(default));

    public static async Task<StoredBackpack> NewAsync(IVaultStore store)
    {
        await CreateAsync(store);
        return await OpenAsync(store);
    }

    /// <summary>Entries that follow the log's head.</summary>
    public async Task<List<LogEntry>> BuildAsync(int count, string? key = null)
    {
        var chains = new BackpackChains();
        await chains.CatchUpAsync(Log, default);
        var entries = new List<LogEntry>();
        for (var i = 0; i < count; i++)
        {
            var payload = Encoding.UTF8.GetBytes($$"""{"predicate":"p","subject":"s{{i}}","value":"{{Guid.NewGuid()}}"}""");
            var prepared = PreparedBackpackEvent.Create("OBSERVATION", payload, i % 2 == 0 ? "a" : "b");
            var built = _builder.Build(prepared, chains.Next(prepared.Actor), TestVault.Time);
            chains.Apply(built);
            entries.Add(key is null ? built.Entry : built.Entry with { Claim = new IdempotencyClaim($"{key}{i}", prepared.ContentDigest(), "receipt"u8.ToArray()) });
        }
        return entries;
    }

    public async Task<List<LogEntry>> AppendAsync(int count, string? key = null)
    {
        var entries = await BuildAsync(count, key);
        (await Log.AppendAsync(Log.Head, entries, default)).ShouldBeOfType<AppendOutcome.Appended>();
        return entries;
    }

    /// <summary>One entry that replaces the line at a position by a tombstone.</summary>
    public async Task<LogEntry> RedactionAsync(long position, string? key = null) =>
        (await BuildAsync(1, key))[0] with { Replaces = new LineReplacement(position, Tombstone(await LineAsync(position))) };

    public async Task<byte[]> LineAsync(long position) => (await Log.ReadAsync(LogStream.Events, position, 1, 1, default)).Lines[0].ToArray();

    public async Task<List<string>> LinesAsync()
    {
        var lines = new List<string>();
        for (long at = 0; at < Log.Head.Count;)
        {
            var page = await Log.ReadAsync(LogStream.Events, at, 500, 1 << 20, default);
            page.Lines.Count.ShouldBeGreaterThan(0);
            lines.AddRange(page.Lines.Select(line => Encoding.UTF8.GetString(line.Span)));
            at = page.Next;
        }
        return lines;
    }

    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        _key.Dispose();
    }

    public static byte[] Tombstone(ReadOnlySpan<byte> line)
    {
        using var output = new PooledBuffer(line.Length);
        CanonicalObject.TryGet(line, "payload"u8, out var payload).ShouldBeTrue();
        var start = line.IndexOf("\"payload\":"u8) + 10;
        output.Write(line[..start]);
        output.Write("""{"redacted":true}"""u8);
        output.Write(line[(start + payload.Length)..]);
        return output.Written.ToArray();
    }

    public static string Hash(ReadOnlySpan<byte> line)
    {
        BackpackFormat.Instance.Check(0, line, default, out var hash).ShouldBe(EntryState.Whole);
        return hash;
    }
}
