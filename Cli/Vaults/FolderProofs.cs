using Granary.Cli.Hosting;
using Granary.Vault.Backpack;
using Granary.Vault.Keys;
using Granary.Vault.Proofs;
using Granary.Vault.Psmc;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Files;

namespace Granary.Cli.Vaults;

/// <summary>Heads and proofs over a vault's folder.</summary>
internal sealed class FolderProofs(VaultPlace place, FolderReader reader)
{
    private readonly IEntryFormat _format = place.IsPsmc ? PsmcFormat.Instance : BackpackFormat.Instance;

    /// <summary>How many entries the log holds.</summary>
    public long Count => reader.Count(LogStream.Events);

    public EventTreeReader Trees => new(reader, _format);

    public string FormatName => place.IsPsmc ? PsmcFormat.Name : BackpackFormat.Name;

    /// <summary>Signs where the log stood after <paramref name="count"/> entries.</summary>
    public async Task<SignedHead> SignAsync(string vault, long count, SigningKey key, TimeProvider time, CancellationToken cancellation)
    {
        var tree = await Trees.BuildAsync(count, cancellation);
        var head = count == 0 ? LogHead.Empty : new LogHead(count, (await EntryAsync(count - 1, cancellation)).Hash);
        return SignedHead.Sign(vault, FormatName, head, tree.Root(), key, time.GetUtcNow());
    }

    /// <summary>An entry's lines and hash.</summary>
    public async Task<LogEntry> EntryAsync(long position, CancellationToken cancellation)
    {
        var events = await reader.ReadAsync(LogStream.Events, position, 1, int.MaxValue, cancellation);
        var chain = await reader.ReadAsync(LogStream.Chain, position, 1, int.MaxValue, cancellation);
        var link = chain.Lines.Count > 0 ? chain.Lines[0] : default;
        if (events.Lines.Count == 0 || _format.Check(position, events.Lines[0].Span, link.Span, out var hash) != EntryState.Whole)
            throw new VaultStorageException(VaultStorageFailure.Damaged, $"The entry at position {position} is not what anybody wrote.");
        return new LogEntry(hash, events.Lines[0], link);
    }

    /// <summary>Where the event of this id stands.</summary>
    public async Task<long> FindAsync(string id, CancellationToken cancellation)
    {
        await foreach (var line in EventLines.ReadAsync(reader, null, cancellation))
        {
            if (line.Text.Span.IndexOf(System.Text.Encoding.UTF8.GetBytes(id)) >= 0 && line.Parse() is { } one && $"{one["event_id"] ?? one["id"]}" == id)
                return line.Position;
        }
        throw new CliFailure("There is no such event", $"the log has none with the id {id}", "look for it with provara query", "provara query --help");
    }
}
