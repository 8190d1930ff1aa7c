using System.Text.Json;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack;

/// <summary>
/// Documents that follow from an append, kept beside the vault from before the append until they are written: where a crash comes between the two, the
/// next opening writes them. Each is due once the log holds the entry it follows from; a crash may have left the first entries of an append only.
/// </summary>
internal sealed class PendingDocuments(IVaultLog log)
{
    private const string Name = "pending-documents";

    /// <summary>Keeps the documents of a step that is to be appended at this position.</summary>
    public Task AnnounceAsync(long position, VaultChange step, CancellationToken cancellation)
    {
        var pending = step.After.OrderBy(later => later.Behind).Select(later => new Pending(
            position + later.Behind - 1, step.Entries[later.Behind - 1].Hash, later.Document.Name, later.Document.Content.ToArray()));
        return WriteAsync(JsonSerializer.SerializeToUtf8Bytes(pending.ToArray(), PendingJson.Default.PendingArray), cancellation);
    }

    /// <summary>Whether a log waits for documents that a crash kept from being written.</summary>
    public static async Task<bool> AnyAsync(IVaultLog log, CancellationToken cancellation) =>
        await log.ReadBesideAsync(Name, cancellation) is { IsEmpty: false };

    /// <summary>They are written.</summary>
    public Task ForgetAsync(CancellationToken cancellation) => WriteAsync(default, cancellation);

    /// <summary>Writes the documents that are due, of several of one name the last.</summary>
    /// <returns>True when one was not as it had to be.</returns>
    /// <exception cref="FormatException">What is kept is not what was.</exception>
    public async Task<bool> FinishAsync(CancellationToken cancellation)
    {
        if (await log.ReadBesideAsync(Name, cancellation) is not { IsEmpty: false } json)
            return false;
        var pending = Read(json.Span);
        var due = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var one in pending)
        {
            if (await HashAtAsync(one.Position, cancellation) == one.Hash)
                due[one.Document] = one.Content;
        }
        var changed = false;
        foreach (var (name, content) in due)
            changed |= await WriteAsync(name, content, cancellation);
        // Otherwise somebody else's append may be under way.
        if (pending.All(one => one.Position < log.Head.Count))
            await ForgetAsync(cancellation);
        return changed;
    }

    private static Pending[] Read(ReadOnlySpan<byte> json)
    {
        try
        {
            if (JsonSerializer.Deserialize(json, PendingJson.Default.PendingArray) is { } pending
                && pending.All(one => one is { Position: >= 0, Hash: not null, Document: not null, Content: not null }))
                return pending;
        }
        catch (JsonException failure)
        {
            throw new FormatException($"{Name}, kept beside the vault, is damaged.", failure);
        }
        throw new FormatException($"{Name}, kept beside the vault, is damaged.");
    }

    private async Task<string?> HashAtAsync(long position, CancellationToken cancellation)
    {
        if (position >= log.Head.Count)
            return null;
        var lines = (await log.ReadAsync(LogStream.Events, position, 1, 1, cancellation)).Lines;
        return lines.Count > 0 && log.Format.Entries.Check(position, lines[0].Span, default, out var hash) == EntryState.Whole ? hash : null;
    }

    private async Task<bool> WriteAsync(string name, byte[] content, CancellationToken cancellation)
    {
        if (await log.ReadDocumentAsync(name, cancellation) is { } known && known.Span.SequenceEqual(content))
            return false;
        await log.WriteDocumentAsync(new VaultDocument(name, content), derived: false, cancellation);
        return true;
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        await log.WriteBesideAsync(new VaultDocument(Name, content), rank: null, cancellation);

    /// <param name="Position">The position of the entry that makes it due.</param>
    /// <param name="Hash">That entry's hash.</param>
    /// <param name="Document">Its name.</param>
    /// <param name="Content">Its bytes.</param>
    internal sealed record Pending(long Position, string Hash, string Document, byte[] Content);
}
