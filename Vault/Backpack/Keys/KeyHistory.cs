using System.Text;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack.Keys;

/// <summary>What a key was worth at a position of the log.</summary>
public enum KeyState
{
    /// <summary>The vault does not know it.</summary>
    Unknown,

    /// <summary>It was promoted later, or its promotion is not in the log.</summary>
    NotYet,

    /// <summary>It counted.</summary>
    Valid,

    /// <summary>It was revoked, and the event is later than the last one that it is trusted for.</summary>
    Suspect,
}

/// <summary>
/// Which key counted where (specification 3.8): a key from its promotion on, a revoked one up to and including the event its revocation names as the
/// boundary of trust, or up to the revocation where that names none. A revocation that is not in the log leaves nothing of the key trusted.
/// </summary>
public sealed class KeyHistory
{
    private const int PageLines = 512;
    private const int PageBytes = 1024 * 1024;

    private readonly Dictionary<string, (long From, long Until)> _spans;

    private KeyHistory(Dictionary<string, (long From, long Until)> spans) => _spans = spans;

    /// <summary>Reads it from the registry and the log; the log only where a key was ever revoked or promoted.</summary>
    public static async Task<KeyHistory> LoadAsync(KeyRegistry registry, IVaultReader reader, CancellationToken cancellation)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in registry.Keys)
        {
            if (key.RevocationEventId is { } revocation)
                named.Add(revocation);
            if (key.PromotionEventId is { } promotion)
                named.Add(promotion);
        }
        var found = await FindAsync(reader, named, cancellation);
        var boundaries = found.Values.Select(change => change.Boundary).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var boundaryAt = await FindAsync(reader, boundaries, cancellation);
        var spans = new Dictionary<string, (long From, long Until)>(StringComparer.Ordinal);
        foreach (var key in registry.Keys)
            spans.TryAdd(key.KeyId, (From(key, found), Until(key, found, boundaryAt)));
        return new KeyHistory(spans);
    }

    /// <summary>What the key was worth for the event at <paramref name="position"/>.</summary>
    public KeyState StateAt(string? keyId, long position)
    {
        if (keyId is null || !_spans.TryGetValue(keyId, out var span))
            return KeyState.Unknown;
        if (position < span.From)
            return KeyState.NotYet;
        return position <= span.Until ? KeyState.Valid : KeyState.Suspect;
    }

    private static long From(RegisteredKey key, Dictionary<string, Change> found)
    {
        if (key.PromotionEventId is not { } promotion)
            return 0;
        return found.TryGetValue(promotion, out var change) && change.Promoted == key.KeyId ? change.Position + 1 : long.MaxValue;
    }

    private static long Until(RegisteredKey key, Dictionary<string, Change> found, Dictionary<string, Change> boundaryAt)
    {
        if (key.IsActive && key.RevocationEventId is null)
            return long.MaxValue;
        if (key.RevocationEventId is not { } revocation || !found.TryGetValue(revocation, out var change) || change.Revoked != key.KeyId)
            return -1;
        if (change.Boundary is null)
            return change.Position;
        return boundaryAt.TryGetValue(change.Boundary, out var boundary) ? Math.Min(boundary.Position, change.Position) : -1;
    }

    private static async Task<Dictionary<string, Change>> FindAsync(IVaultReader reader, HashSet<string> ids, CancellationToken cancellation)
    {
        var found = new Dictionary<string, Change>(StringComparer.Ordinal);
        var needles = ids.Select(id => (Id: id, Bytes: Encoding.UTF8.GetBytes(id))).ToList();
        for (long position = 0; found.Count < ids.Count && position < reader.Count(LogStream.Events);)
        {
            var page = await reader.ReadAsync(LogStream.Events, position, PageLines, PageBytes, cancellation);
            if (page.Lines.Count == 0)
                break;
            foreach (var line in page.Lines)
            {
                foreach (var (id, bytes) in needles)
                {
                    // Most lines name none of them, and are not parsed.
                    if (line.Span.IndexOf(bytes) >= 0 && Read(line.Span, id, position) is { } change)
                        found.TryAdd(id, change);
                }
                position++;
            }
        }
        return found;
    }

    private static Change? Read(ReadOnlySpan<byte> line, string id, long position)
    {
        using var scratch = new PooledBuffer(line.Length + 16);
        if (!BackpackEvent.TryRead(line, scratch, out var written) || written.Id != id)
            return null;
        var isRevocation = written.IsType("KEY_REVOCATION"u8);
        return new Change(
            position,
            isRevocation ? written.PayloadText("revoked_key_id"u8) : null,
            isRevocation ? written.PayloadText("trust_boundary_event_id"u8) : null,
            written.IsType("KEY_PROMOTION"u8) ? written.PayloadText("new_key_id"u8) : null);
    }

    private sealed record Change(long Position, string? Revoked, string? Boundary, string? Promoted);
}
