using System.Globalization;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Psmc.Documents;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Psmc.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Psmc;

/// <summary>A rotation that was worked out.</summary>
/// <param name="Event">The event that decides it.</param>
/// <param name="Before">What to write before it.</param>
/// <param name="After">What to write behind it.</param>
public sealed record PsmcRotationPlan(BuiltEntry Event, IReadOnlyList<VaultDocument> Before, IReadOnlyList<VaultDocument> After);

/// <summary>
/// Changes the active key, endorsed by the old one (<see cref="RotationEndorsement"/>), whose private half is not kept. The event decides; a crash
/// around it leaves the old key or the new one, never none.
/// </summary>
public static class PsmcRotation
{
    internal const string NextKeyName = "keys/next.pem";

    /// <summary>Works out the rotation: the event, and what to write before and behind it.</summary>
    /// <param name="vault">The vault, whose active key is the old one. Open it again after the rotation.</param>
    /// <param name="next">The new key.</param>
    /// <param name="id">The event's id.</param>
    /// <param name="time">When.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static async Task<PsmcRotationPlan> PlanAsync(PsmcVault vault, SigningKey next, Guid id, DateTimeOffset time, CancellationToken cancellation)
    {
        var (old, fresh, head) = (vault.PublicKey, next.PublicKey, vault.Log.Head);
        if (old.KeyId == fresh.KeyId)
            throw new PsmcInputException("The new key is the active one already.");
        var retired = $"{PsmcMetadata.RetiredFolder}/{time.UtcDateTime.ToString("yyyyMMdd'T'HHmmssffffff'Z'", CultureInfo.InvariantCulture)}_public.pub.pem";
        var data = RotationEndorsement.Data(vault.Signer, fresh, retired);
        var builder = new PsmcEntryBuilder(next);
        var built = builder.Build(PreparedEvent.Create(PsmcEvent.RotationType, data), head, id, time, null);
        // The new key is kept before anything depends on it.
        return new PsmcRotationPlan(
            built,
            [new VaultDocument(retired, KeyPem.WritePublic(old)), new VaultDocument(NextKeyName, KeyPem.WritePrivate(next), Secret: true)],
            await DocumentsAsync(vault.Log, next, EventTimestamp.Format(time), cancellation));
    }

    /// <summary>Carries a rotation out. A crash in the middle is made up for when the vault is opened again.</summary>
    /// <exception cref="VaultStorageException">The log's reasons; <see cref="VaultStorageFailure.Unavailable"/> where somebody else has appended.</exception>
    public static async Task ApplyAsync(PsmcVault vault, PsmcRotationPlan plan, CancellationToken cancellation)
    {
        foreach (var document in plan.Before)
            await vault.Log.WriteDocumentAsync(document, derived: false, cancellation);
        var outcome = await vault.Log.AppendAsync(vault.Log.Head, [plan.Event.Entry], cancellation);
        if (outcome is not AppendOutcome.Appended)
            throw new VaultStorageException(VaultStorageFailure.Unavailable, "Somebody else has appended to the vault meanwhile; try again.");
        foreach (var document in plan.After)
            await vault.Log.WriteDocumentAsync(document, derived: false, CancellationToken.None);
    }

    /// <summary>Finishes a rotation whose event is in the log and whose documents a crash kept from being written.</summary>
    internal static async Task FinishAsync(IVaultLog log, CancellationToken cancellation)
    {
        if (await log.ReadDocumentAsync(NextKeyName, cancellation) is not { IsEmpty: false } pem || log.Head.Count == 0)
            return;
        using var next = KeyPem.ReadPrivate(pem.Span);
        var (line, link) = (await LineAsync(log, LogStream.Events, cancellation), await LineAsync(log, LogStream.Chain, cancellation));
        using var scratch = new PooledBuffer(line.Length + 16);
        var signer = PsmcChainLine.Read(link.Span, scratch)?.KeyId;
        if (signer != next.PublicKey.KeyId || PsmcEvent.Read(line.Span, scratch) is not { } written || written.Rotation?.New != signer)
            return;
        foreach (var document in await DocumentsAsync(log, next, written.Timestamp ?? "", cancellation))
            await log.WriteDocumentAsync(document, derived: false, cancellation);
    }

    private static async Task<IReadOnlyList<VaultDocument>> DocumentsAsync(IVaultReader reader, SigningKey next, string time, CancellationToken cancellation)
    {
        var json = await reader.ReadDocumentAsync(PsmcMetadata.FileName, cancellation)
            ?? throw new VaultStorageException(VaultStorageFailure.Damaged, "psmc.json is missing.");
        var metadata = PrettyJson.Read(json.Span, PsmcMetadata.FileName);
        metadata["key_fingerprint"] = next.PublicKey.KeyId;
        metadata["last_rotation"] = time;
        return
        [
            new VaultDocument(PsmcMetadata.PrivateKeyName, KeyPem.WritePrivate(next), Secret: true),
            new VaultDocument(PsmcMetadata.PublicKeyName, KeyPem.WritePublic(next.PublicKey)),
            new VaultDocument(PsmcMetadata.FileName, PrettyJson.Write(metadata)),
            new VaultDocument(NextKeyName, ReadOnlyMemory<byte>.Empty, Secret: true),
        ];
    }

    private static async Task<ReadOnlyMemory<byte>> LineAsync(IVaultLog log, LogStream stream, CancellationToken cancellation)
    {
        var page = await log.ReadAsync(stream, log.Head.Count - 1, 1, int.MaxValue, cancellation);
        return page.Lines.Count > 0 ? page.Lines[0] : default;
    }
}
