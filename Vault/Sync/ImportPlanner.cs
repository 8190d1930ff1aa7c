using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Vault.Sync;

/// <summary>
/// Plans an import of events from elsewhere: verified, put in order, appended behind what the vault has (specification 7, made safe). Ids are
/// recomputed, signatures checked by keys of the vault; a key in the bundle counts for nothing unless the caller vouches for it or a promotion
/// signed by an authority introduces it. Redactions take effect on both sides. A sealed vault takes nothing. All or nothing, and a vault that verifies
/// strictly does so afterwards: what would break it is refused, however lax the options.
/// </summary>
public static class ImportPlanner
{
    /// <summary>Plans the import of a bundle.</summary>
    public static Task<ImportPlan> PlanAsync(
        IVaultReader vault, KeyRegistry registry, DeltaBundle bundle, ImportOptions options, CancellationToken cancellation) =>
        PlanAsync(vault, registry, bundle.Lines, bundle.Keys, options, cancellation);

    /// <summary>Plans the import of lines, for example those of another vault.</summary>
    /// <param name="vault">The vault that takes them.</param>
    /// <param name="registry">Its keys.</param>
    /// <param name="lines">Events; those the vault has already are passed over.</param>
    /// <param name="offered">The keys that came with them.</param>
    /// <param name="options">How to decide.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static async Task<ImportPlan> PlanAsync(
        IVaultReader vault, KeyRegistry registry, IReadOnlyList<ReadOnlyMemory<byte>> lines, IReadOnlyList<RegisteredKey> offered, ImportOptions options,
        CancellationToken cancellation)
    {
        var (incoming, errors) = Read(lines);
        if (errors.Count > 0)
            return ImportPlan.Refuse(errors.Count, errors);
        var local = await LocalKnowledge.ReadAsync(vault, incoming, cancellation);
        if (local.SealEventId is { } seal)
            return ImportPlan.Refuse(incoming.Count, [$"The vault is sealed by event {seal}; it takes no events."]);
        var missing = incoming.Values.Where(one => !local.Has(one.Id)).ToList();
        errors.AddRange(local.Conflicts);
        var ordered = CausalOrder.Sort(missing);
        var checks = new ImportChecks(registry, offered, options, local, incoming);
        foreach (var one in ordered)
            checks.Check(one);
        checks.CheckTombstones();
        errors.AddRange(checks.Errors);
        var harm = new StrictHarm(local);
        foreach (var one in ordered)
            harm.Take(one);
        if (ordered.FindIndex(one => one.Type == EventTypes.Seal) is var sealing and >= 0 && sealing < ordered.Count - 1)
            errors.Add($"Event {ordered[sealing].Id} seals the vault, and the import holds events after it.");
        if (errors.Count > 0)
            return ImportPlan.Refuse(errors.Count, errors);
        if (harm.Found.Count > 0 && await StrictHarm.HasSomethingToLoseAsync(vault, cancellation))
            return ImportPlan.Refuse(harm.Found.Count, [.. harm.Found, "The vault verifies strictly and would not any more; nothing was imported."]);
        return new ImportPlan(
            checks.Complete(new VaultChange(ordered.Count > 0 ? ordered[^1].Id : "", Entries(ordered, local))),
            ordered.Count, incoming.Count - ordered.Count, 0, [], local.FindForks(ordered), checks.Admitted);
    }

    private static (Dictionary<string, SyncEvent> Incoming, List<string> Errors) Read(IReadOnlyList<ReadOnlyMemory<byte>> lines)
    {
        var incoming = new Dictionary<string, SyncEvent>(StringComparer.Ordinal);
        var errors = new List<string>();
        using var scratch = new PooledBuffer(4096);
        for (var i = 0; i < lines.Count; i++)
        {
            if (SyncEvent.Read(lines[i].Span, scratch) is not { } one)
                errors.Add($"Event {i + 1} of the import is not a JSON object.");
            else if (FindFormProblem(lines[i].Span) is { } form)
                errors.Add($"Event {i + 1} of the import cannot be read: {form}");
            else if (!incoming.TryAdd(one.Id, one) && !incoming[one.Id].Line.AsSpan().SequenceEqual(one.Line))
                errors.Add($"Event {one.Id} is in the import twice, with two contents.");
        }
        return (incoming, errors);
    }

    private static string? FindFormProblem(ReadOnlySpan<byte> line)
    {
        try
        {
            CanonicalJson.Check(line, EventLimits.MaxReadDepth);
            return null;
        }
        catch (CanonicalJsonException failure)
        {
            return failure.Message;
        }
    }

    private static List<LogEntry> Entries(List<SyncEvent> ordered, LocalKnowledge local)
    {
        var redactions = new Dictionary<string, SyncEvent>(local.Redactions, StringComparer.Ordinal);
        foreach (var one in ordered)
        {
            if (one.Redacts is { } target)
                redactions.TryAdd(target, one);
        }
        var entries = new List<LogEntry>(ordered.Count);
        foreach (var one in ordered)
        {
            var kept = redactions.TryGetValue(one.Id, out var redaction) ? one.Redact(redaction) : one;
            entries.Add(new LogEntry(new BackpackEvent(kept.Line).EntryHash(), kept.Line, default) { Replaces = Replacement(one, redactions, local) });
        }
        return entries;
    }

    /// <summary>What a redaction does to an event the vault has, where it is the first to.</summary>
    private static LineReplacement? Replacement(SyncEvent redaction, Dictionary<string, SyncEvent> redactions, LocalKnowledge local)
    {
        if (redaction.Redacts is not { } target || redactions[target] != redaction
            || !local.Targets.TryGetValue(target, out var found) || found.Event.IsTombstone)
            return null;
        var tombstone = found.Event.Redact(redaction);
        return ReferenceEquals(tombstone, found.Event) ? null : new LineReplacement(found.Position, tombstone.Line);
    }
}
