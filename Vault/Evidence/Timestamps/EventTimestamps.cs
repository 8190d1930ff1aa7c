using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Vault.Evidence.Timestamps;

/// <summary>A token of an event and what came of checking it.</summary>
/// <param name="EventId">The event.</param>
/// <param name="Time">When the authority saw it, or null where the token cannot be read.</param>
/// <param name="Signer">The authority as its certificate names it.</param>
/// <param name="Problem">What is wrong: a sentence, or null.</param>
public sealed record TimestampCheck(string EventId, DateTimeOffset? Time, string? Signer, string? Problem);

/// <summary>
/// Timestamps of single events (specification 8): the token of an event is the document <c>timestamps/&lt;event_id&gt;.tst</c>, over the SHA-256 of the
/// event's canonical bytes, signature included. A redaction takes away what the token was over.
/// </summary>
public static class EventTimestamps
{
    /// <summary>The folder of the tokens.</summary>
    public const string Folder = "timestamps";

    /// <summary>The name of an event's token.</summary>
    public static string NameOf(string eventId) => $"{Folder}/{eventId}.tst";

    /// <summary>The hash a token of this event is over.</summary>
    /// <exception cref="FormatException">The line is not JSON.</exception>
    public static byte[] HashOf(ReadOnlySpan<byte> eventLine)
    {
        try
        {
            return SHA256.HashData(CanonicalJson.Canonicalize(eventLine, EventLimits.MaxReadDepth));
        }
        catch (CanonicalJsonException failure)
        {
            throw new FormatException("The event's line is not JSON.", failure);
        }
    }

    /// <summary>Asks for an event's token.</summary>
    /// <exception cref="EvidenceException">There is no such event, or no token to be had.</exception>
    public static async Task<VaultDocument> RequestAsync(IVaultReader reader, string eventId, ITimestampAuthority authority, CancellationToken cancellation)
    {
        var found = await FindAsync(reader, new HashSet<string>([eventId]), cancellation);
        if (!found.TryGetValue(eventId, out var line))
            throw new EvidenceException($"The vault has no event {eventId}.");
        var token = await TimestampToken.RequestAsync(authority, HashOf(line.Span), cancellation);
        return new VaultDocument(NameOf(eventId), token.Encode());
    }

    /// <summary>Checks all tokens of a vault.</summary>
    /// <param name="reader">The vault.</param>
    /// <param name="anchors">Certificates of authorities to trust; null to leave that open.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static async Task<IReadOnlyList<TimestampCheck>> CheckAsync(IVaultReader reader, X509Certificate2Collection? anchors, CancellationToken cancellation)
    {
        var tokens = new List<VaultDocument>();
        foreach (var name in (await reader.ListDocumentsAsync(Folder, cancellation)).Where(name => name.EndsWith(".tst", StringComparison.Ordinal)))
            tokens.Add(new VaultDocument(name, await reader.ReadDocumentAsync(name, cancellation) ?? default));
        return await CheckAsync(reader, tokens, anchors, cancellation);
    }

    /// <summary>Checks tokens of a vault's events that are kept outside it, by their names in it.</summary>
    public static async Task<IReadOnlyList<TimestampCheck>> CheckAsync(
        IVaultReader reader, IReadOnlyList<VaultDocument> tokens, X509Certificate2Collection? anchors, CancellationToken cancellation)
    {
        var events = await FindAsync(reader, tokens.Select(token => IdOf(token.Name)).ToHashSet(StringComparer.Ordinal), cancellation);
        return
        [
            .. tokens.Select(token => Check(
                IdOf(token.Name), token.Content, events.TryGetValue(IdOf(token.Name), out var line) ? line : (ReadOnlyMemory<byte>?)null, anchors)),
        ];
    }

    private static TimestampCheck Check(string eventId, ReadOnlyMemory<byte> der, ReadOnlyMemory<byte>? line, X509Certificate2Collection? anchors)
    {
        try
        {
            var token = TimestampToken.Read(der);
            var problem = line is { } found ? token.Problem(HashOf(found.Span), anchors) : "The vault has no event of that id.";
            return new TimestampCheck(eventId, token.Time, token.Signer, problem);
        }
        catch (FormatException failure)
        {
            return new TimestampCheck(eventId, null, null, failure.Message);
        }
    }

    private static async Task<Dictionary<string, ReadOnlyMemory<byte>>> FindAsync(IVaultReader reader, HashSet<string> ids, CancellationToken cancellation)
    {
        var found = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        if (ids.Count == 0)
            return found;
        await foreach (var page in EntryPipeline.RunAsync(reader, 0, reader.Count(LogStream.Events), page => Find(page, ids), cancellation))
        {
            foreach (var (id, line) in page)
                found.TryAdd(id, line);
        }
        return found;
    }

    private static List<(string Id, ReadOnlyMemory<byte> Line)> Find(EntryPage page, HashSet<string> ids)
    {
        var found = new List<(string, ReadOnlyMemory<byte>)>();
        using var scratch = new PooledBuffer();
        foreach (var line in page.Events)
        {
            if (BackpackEvent.TryRead(line.Span, scratch, out var written) && written.Id is { } id && ids.Contains(id))
                found.Add((id, line.ToArray()));
        }
        return found;
    }

    private static string IdOf(string name) => name[(Folder.Length + 1)..^4];
}
