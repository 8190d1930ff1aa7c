using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack.Changes;

/// <summary>What a shredding is recorded with.</summary>
/// <param name="Reason">One of <see cref="Redaction.Reasons"/>.</param>
public sealed record ShredRequest(string Reason)
{
    /// <summary>The event whose payload goes; null where an actor's go.</summary>
    public string? TargetEventId { get; init; }

    /// <summary>The actor all of whose encrypted payloads go; null where one event's goes.</summary>
    public string? TargetActor { get; init; }

    /// <summary>More about the reason, or null.</summary>
    public string? Detail { get; init; }

    /// <summary>Who ordered it.</summary>
    public string Authority { get; init; } = "System";
}

/// <summary>A shredding: the event to append, and the keys to destroy after it.</summary>
/// <param name="Change">The event.</param>
/// <param name="KeyIds">The data keys.</param>
public sealed record ShredPlan(VaultChange Change, IReadOnlyList<string> KeyIds);

/// <summary>
/// Makes payloads unreadable by destroying their data keys (specification 3.10). The event comes first: a crash leaves a shredding that was announced
/// and is finished when it is asked for again, never one that nobody knows of.
/// </summary>
public static class Shredding
{
    /// <summary>Encrypts a checked event's payload with a key of its own, which is kept before the event exists.</summary>
    public static async Task<PreparedBackpackEvent> EncryptAsync(PreparedBackpackEvent prepared, IDataKeyStore keys, CancellationToken cancellation)
    {
        var key = RandomNumberGenerator.GetBytes(EncryptedPayload.KeyLength);
        try
        {
            var keyId = $"dek_{Guid.NewGuid():D}";
            await keys.SaveAsync(keyId, key, cancellation);
            return prepared.WithPayload(EncryptedPayload.Encrypt(prepared.Payload.Span, keyId, key));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>An encrypted payload's content, or null where its key is gone.</summary>
    /// <exception cref="CryptographicException">It is not what was encrypted with that key.</exception>
    public static async Task<byte[]?> DecryptAsync(ReadOnlyMemory<byte> payload, IDataKeyStore keys, CancellationToken cancellation)
    {
        var keyId = EncryptedPayload.KeyIdOf(payload.Span) ?? throw new CryptographicException("The payload is not encrypted.");
        var key = await keys.FindAsync(keyId, cancellation);
        if (key is null)
            return null;
        try
        {
            return EncryptedPayload.Decrypt(payload.Span, key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>
    /// Works out the event and the keys. One that was announced before is not announced again, and its keys are listed all the same; what cannot be
    /// destroyed here is not announced.
    /// </summary>
    /// <exception cref="BackpackInputException">The request will not do, none of the keys is kept here, or the vault is sealed.</exception>
    public static async Task<ShredPlan> PlanAsync(
        BackpackVault vault, ShredRequest request, IDataKeyStore keys, DateTimeOffset time, CancellationToken cancellation)
    {
        vault.RefuseIfSealed();
        if (!Redaction.Reasons.Contains(request.Reason))
            throw new BackpackInputException($"reason must be one of {string.Join(", ", Redaction.Reasons)}.");
        if (request.TargetEventId is null == request.TargetActor is null)
            throw new BackpackInputException("Name either the event or the actor to shred.");
        return request.TargetActor is { } actor
            ? await PlanActorAsync(vault, request, actor, keys, time, cancellation)
            : await PlanEventAsync(vault, request, request.TargetEventId!, keys, time, cancellation);
    }

    /// <summary>Destroys what an event in the log announced; safe to repeat, and what a crash left undone. An actor's later events are not meant.</summary>
    public static async Task FinishAsync(IVaultReader log, string shredEventId, IDataKeyStore keys, CancellationToken cancellation)
    {
        var announced = await EventFinder.RequireAsync(log, shredEventId, "event", cancellation);
        if (PayloadText(announced, "target_event_id"u8) is { } target)
        {
            if (KeyIdOf(await EventFinder.RequireAsync(log, target, "event", cancellation)) is { } keyId)
                await keys.DestroyAsync(keyId, cancellation);
        }
        else if (PayloadText(announced, "target_actor_id"u8) is { } actor)
        {
            await foreach (var keyId in KeyIdsOfAsync(log, actor, announced.Position, cancellation))
                await keys.DestroyAsync(keyId, cancellation);
        }
    }

    /// <summary>Destroys a plan's keys, once its event is in the log; returns how many there were.</summary>
    public static async Task<int> DestroyAsync(ShredPlan plan, IDataKeyStore keys, CancellationToken cancellation)
    {
        var destroyed = 0;
        foreach (var keyId in plan.KeyIds)
            destroyed += await keys.DestroyAsync(keyId, cancellation) ? 1 : 0;
        return destroyed;
    }

    private static async Task<ShredPlan> PlanEventAsync(
        BackpackVault vault, ShredRequest request, string id, IDataKeyStore keys, DateTimeOffset time, CancellationToken cancellation)
    {
        var target = await EventFinder.RequireAsync(vault.Log, id, "event", cancellation);
        var keyId = KeyIdOf(target)
            ?? throw new BackpackInputException($"event: the payload of {id} is not encrypted, so no key can be destroyed; redact it instead.");
        await foreach (var earlier in EventFinder.FindAsync(
            vault.Log, id, (in written) => written.IsType("com.provara.crypto_shred"u8) && written.PayloadText("target_event_id"u8) == id, cancellation))
            return new ShredPlan(new VaultChange(IdOf(earlier), []), [keyId]);
        if (!await IsKeptAsync(keys, keyId, cancellation))
            throw new BackpackInputException(
                $"event: the data key of {id} is not kept here, so it cannot be destroyed: shred it where the key is, or redact it.");
        var payload = Describe(request, "single_event");
        payload["target_event_id"] = id;
        return new ShredPlan(Build(vault, payload, time), [keyId]);
    }

    private static async Task<ShredPlan> PlanActorAsync(
        BackpackVault vault, ShredRequest request, string actor, IDataKeyStore keys, DateTimeOffset time, CancellationToken cancellation)
    {
        var keyIds = new List<string>();
        var (events, encrypted) = (0, 0);
        await foreach (var keyId in KeyIdsOfAsync(vault.Log, actor, long.MaxValue, cancellation))
        {
            encrypted++;
            if (!keyIds.Contains(keyId))
            {
                if (!await IsKeptAsync(keys, keyId, cancellation))
                    continue;
                keyIds.Add(keyId);
            }
            events++;
        }
        if (encrypted == 0)
            throw new BackpackInputException($"actor: {actor} has no encrypted events.");
        if (events == 0)
            throw new BackpackInputException(
                $"actor: of {actor}'s {encrypted} encrypted events no data key is kept here: they were destroyed before, or are kept elsewhere.");
        var payload = Describe(request, "actor_wide");
        payload["target_actor_id"] = actor;
        payload["events_affected"] = events;
        payload["keys_destroyed"] = keyIds.Count;
        return new ShredPlan(Build(vault, payload, time), keyIds);
    }

    private static JsonObject Describe(ShredRequest request, string scope) => new()
    {
        ["reason"] = request.Reason,
        ["reason_detail"] = request.Detail,
        ["authority"] = request.Authority,
        ["shred_scope"] = scope,
    };

    private static VaultChange Build(BackpackVault vault, JsonObject payload, DateTimeOffset time)
    {
        var prepared = PreparedBackpackEvent.ForOperation(EventTypes.CryptoShred, PrettyJson.Write(payload), "provara_shredder");
        var built = vault.Builder.Build(prepared, vault.Chains.Next(prepared.Actor), time);
        return new VaultChange(built.EventId, [built.Entry]);
    }

    private static async IAsyncEnumerable<string> KeyIdsOfAsync(
        IVaultReader log, string actor, long before, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var found in EventFinder.FindAsync(log, "\"_privacy\"", (in written) => written.Actor == actor, cancellation))
        {
            if (found.Position < before && KeyIdOf(found) is { } keyId)
                yield return keyId;
        }
    }

    private static async Task<bool> IsKeptAsync(IDataKeyStore keys, string keyId, CancellationToken cancellation)
    {
        if (await keys.FindAsync(keyId, cancellation) is not { } key)
            return false;
        CryptographicOperations.ZeroMemory(key);
        return true;
    }

    private static string? PayloadText(FoundEvent found, ReadOnlySpan<byte> member)
    {
        using var scratch = new PooledBuffer(found.Line.Length + 16);
        return BackpackEvent.TryRead(found.Line.Span, scratch, out var written) ? written.PayloadText(member) : null;
    }

    private static string? KeyIdOf(FoundEvent found)
    {
        using var scratch = new PooledBuffer(found.Line.Length + 16);
        return BackpackEvent.TryRead(found.Line.Span, scratch, out var written) ? EncryptedPayload.KeyIdOf(written.Payload) : null;
    }

    private static string IdOf(FoundEvent found)
    {
        using var scratch = new PooledBuffer(found.Line.Length + 16);
        return BackpackEvent.TryRead(found.Line.Span, scratch, out var written) ? written.Id ?? "" : "";
    }
}
