using Granary.Vault.Canonical;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Psmc.Keys;
using Granary.Vault.Psmc.Verification;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;

namespace Granary.Vault.Psmc.Export;

/// <summary>What bringing another vault's events in would do: all of it, or nothing where there are errors.</summary>
/// <param name="Change">The events to append, in order.</param>
/// <param name="Imported">How many are new.</param>
/// <param name="Present">How many the vault has already, by their ids.</param>
/// <param name="Errors">Why nothing can be done; a sentence each.</param>
public sealed record PsmcSyncPlan(VaultChange Change, int Imported, int Present, IReadOnlyList<string> Errors)
{
    /// <summary>True when it can be carried out.</summary>
    public bool Success => Errors.Count == 0;
}

/// <summary>
/// Brings the events of another PSMC vault in without breaking the chain, where the reference renumbers events whose numbers their hashes cover:
/// they are appended behind what is there, by time, with their ids, times and content, signed anew, and each carries where it comes from.
/// Syncing again brings nothing.
/// </summary>
public static class PsmcSync
{
    private const int PageLines = 512;
    private const int PageBytes = 1024 * 1024;
    private const int MaxErrors = 20;
    private const int MaxNameLength = 128;

    /// <summary>Plans it.</summary>
    /// <param name="vault">The vault that takes the events.</param>
    /// <param name="other">The other one; it is verified first.</param>
    /// <param name="trustedKeys">Ids of the other vault's keys that the caller vouches for; the vault's own keys, old and new, need not be named.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static async Task<PsmcSyncPlan> PlanAsync(
        PsmcVault vault, IVaultReader other, IReadOnlyCollection<string> trustedKeys, CancellationToken cancellation)
    {
        var report = await new PsmcVerifier(other, MaxErrors).RunAsync(null, null, cancellation);
        if (!report.Valid)
            return Refuse(report.Findings.Select(finding => $"The other vault does not verify: {finding.Reason}"));
        var ownKeys = await PsmcKeyRing.LoadAsync(vault.Log, cancellation);
        var present = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var (line, _) in ReadAsync(vault.Log, withChain: false, cancellation))
            present.Add(line.Id);
        var (missing, found, errors) = (new List<ForeignEvent>(), 0, new List<string>());
        await foreach (var (line, chain) in ReadAsync(other, withChain: true, cancellation))
        {
            if (!present.Add(line.Id))
            {
                found++;
                continue;
            }
            if (errors.Count < MaxErrors && (!IsPlain(line.Id) || !IsPlain(line.Type)))
                errors.Add(
                    $"An event of the other vault has an id or a type of other characters than letters, digits, '.', '_' and '-', or of more than {MaxNameLength}.");
            else if (errors.Count < MaxErrors && !trustedKeys.Contains(line.KeyId) && ownKeys.Find(line.KeyId) is null)
                errors.Add($"Event {line.Id} is signed by key {line.KeyId}, which is none of the vault's, and nobody vouches for it.");
            missing.Add(line with { Chain = chain });
        }
        return errors.Count > 0 ? Refuse(errors) : new PsmcSyncPlan(Build(vault, missing), missing.Count, found, []);
    }

    private static VaultChange Build(PsmcVault vault, List<ForeignEvent> missing)
    {
        var head = vault.Log.Head;
        var entries = new List<LogEntry>(missing.Count);
        missing.Sort((x, y) => string.CompareOrdinal(x.Timestamp, y.Timestamp) is var order and not 0 ? order : string.CompareOrdinal(x.Id, y.Id));
        foreach (var one in missing)
        {
            var prepared = PreparedEvent.Foreign(one.Type, one.Data, one.Tags, PsmcOrigin.Write(one.Line, one.Chain));
            var built = vault.Builder.Build(prepared, head, one.Id, one.Timestamp, null);
            entries.Add(built.Entry);
            head = new LogHead(head.Count + 1, built.Entry.Hash);
        }
        return new VaultChange(entries.Count > 0 ? missing[^1].Id : "", entries);
    }

    private static async IAsyncEnumerable<(ForeignEvent Event, byte[] Chain)> ReadAsync(
        IVaultReader reader, bool withChain, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        for (long position = 0; position < reader.Count(LogStream.Events);)
        {
            var page = await reader.ReadAsync(LogStream.Events, position, PageLines, PageBytes, cancellation);
            var chain = withChain ? (await reader.ReadAsync(LogStream.Chain, position, page.Lines.Count, int.MaxValue, cancellation)).Lines : [];
            if (page.Lines.Count == 0)
                yield break;
            for (var i = 0; i < page.Lines.Count; i++, position++)
            {
                var link = i < chain.Count ? chain[i].ToArray() : [];
                if (ForeignEvent.Read(page.Lines[i].Span, link) is { } one)
                    yield return (one, link);
            }
        }
    }

    private static bool IsPlain(string name) =>
        name.Length is > 0 and <= MaxNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static PsmcSyncPlan Refuse(IEnumerable<string> errors) => new(new VaultChange("", []), 0, 0, [.. errors]);

    /// <summary>A verified event of another vault, in its parts.</summary>
    private sealed record ForeignEvent(byte[] Line, string Id, string Timestamp, string Type, byte[] Data, byte[]? Tags, string KeyId)
    {
        public byte[] Chain { get; init; } = [];

        public static ForeignEvent? Read(ReadOnlySpan<byte> line, ReadOnlySpan<byte> chain)
        {
            using var scratch = new PooledBuffer(line.Length + 16);
            var keyId = chain.IsEmpty ? "" : PsmcChainLine.Read(chain, scratch)?.KeyId ?? "";
            if (PsmcEvent.Read(line, scratch, out var text) is not { Id: { } id, Timestamp: { } timestamp, Type: { } type, HasDataObject: true })
                return null;
            CanonicalObject.TryGet(text, "data"u8, out var data);
            var tags = CanonicalObject.TryGet(text, "tags"u8, out var labels) && !PythonValue.IsFalsy(labels) ? labels.ToArray() : null;
            return new ForeignEvent(text.ToArray(), id, timestamp, type, data.ToArray(), tags, keyId);
        }
    }
}
