using System.Text.Json.Nodes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack;

/// <summary>Which key goes and which one comes.</summary>
/// <param name="RevokedKeyId">The key that is not trusted any more.</param>
/// <param name="Promoted">The key that takes its place.</param>
public sealed record RotationRequest(string RevokedKeyId, SigningKey Promoted)
{
    /// <summary>The surviving authority that signs; null for the first root, else quorum key the vault holds besides.</summary>
    public string? SignerKeyId { get; init; }

    /// <summary>The last event of the log that is still trusted; null for the last one there is.</summary>
    public string? BoundaryEventId { get; init; }

    /// <summary>Why; the reference knows <c>key_compromise</c> only.</summary>
    public string Reason { get; init; } = "key_compromise";
}

/// <summary>
/// Puts a key in another's place (specification 3.8): a revocation with its boundary of trust and a promotion, in this order and one step, both signed
/// by an authority that is neither of the two. What was signed before the boundary stays valid.
/// </summary>
public static class KeyRotation
{
    private const string Authority = "key_rotation_authority";

    /// <summary>Works out the two events and the documents around them.</summary>
    /// <exception cref="BackpackInputException">The request will not do, or the vault is sealed.</exception>
    public static async Task<VaultChange> PlanAsync(BackpackVault vault, RotationRequest request, DateTimeOffset time, CancellationToken cancellation)
    {
        vault.RefuseIfSealed();
        var revoked = vault.Registry.Find(request.RevokedKeyId)
            ?? throw new BackpackInputException($"revoked_key_id: the vault has no key {request.RevokedKeyId}.");
        if (!revoked.IsActive)
            throw new BackpackInputException($"revoked_key_id: the key {request.RevokedKeyId} is revoked already.");
        if (vault.Registry.Find(request.Promoted.PublicKey.KeyId) is not null)
            throw new BackpackInputException("new_key: the vault has had this key before; make a new one.");
        var signer = FindSigner(vault, request);
        var boundary = request.BoundaryEventId ?? vault.Chains.LastEventId ?? throw new BackpackInputException("The vault has no events.");
        if (request.BoundaryEventId is not null)
            await EventFinder.RequireAsync(vault.Log, boundary, "trust_boundary_event_id", cancellation);
        var builder = new BackpackEventBuilder(signer);
        return Plan(vault, request, revoked, builder, boundary, time);
    }

    /// <summary>
    /// The registry as it must be after the rotation at the log's end whose documents a crash kept from being written, or null where nothing is missing.
    /// </summary>
    internal static async Task<KeyRegistry?> FindUnfinishedAsync(
        KeyRegistry registry, BackpackChains chains, IVaultReader reader, CancellationToken cancellation)
    {
        if (chains.LastPromotion is not (> 0 and var at))
            return null;
        var page = await reader.ReadAsync(LogStream.Events, at - 1, 2, int.MaxValue, cancellation);
        return page.Lines.Count == 2 ? Follow(registry, page.Lines[0].Span, page.Lines[1].Span) : null;
    }

    private static SigningKey FindSigner(BackpackVault vault, RotationRequest request)
    {
        if (request.SignerKeyId == request.RevokedKeyId)
            throw new BackpackInputException("signer_key_id: the revoked key cannot sign its own revocation; another authority must.");
        var candidates = vault.Registry.Keys.Where(key => key.KeyId != request.RevokedKeyId && IsAuthority(key))
            .OrderBy(key => key.Roles.Contains("root") ? 0 : 1);
        foreach (var candidate in candidates)
        {
            if ((request.SignerKeyId is null || request.SignerKeyId == candidate.KeyId) && vault.FindPrivateKey(candidate.KeyId) is { } key)
                return key;
        }
        throw new BackpackInputException(request.SignerKeyId is null
            ? "No other active root or quorum key of the vault is at hand to sign the rotation; a vault that is to rotate its key is born with a quorum key. One that was not is sealed and goes on in a successor, which has keys of its own."
            : $"signer_key_id: {request.SignerKeyId} is no active root or quorum key whose private key is at hand.");
    }

    private static VaultChange Plan(
        BackpackVault vault, RotationRequest request, RegisteredKey revoked, BackpackEventBuilder builder, string boundary, DateTimeOffset time)
    {
        var at = EventTimestamp.Format(time);
        var next = request.Promoted.PublicKey;
        var revocation = Prepare(EventTypes.KeyRevocation, new JsonObject
        {
            ["reason"] = request.Reason,
            ["revoked_at_utc"] = at,
            ["revoked_key_id"] = revoked.KeyId,
            ["trust_boundary_event_id"] = boundary,
        });
        var promotion = Promotion(next, revoked, builder.KeyId, at);
        var link = vault.Chains.Next(Authority);
        var first = builder.Build(revocation, link, time);
        var second = builder.Build(promotion, new ChainLink(first.EventId, link.LogicalTime + 1, first.Timestamp), time);
        var registry = vault.Registry.Rotate(revoked.KeyId, first.EventId, next, second.EventId, at);
        return new VaultChange(second.EventId, [first.Entry, second.Entry])
        {
            // The new key is on the disk before anything says that it counts, the old one until the registry says that it does not.
            KeysBefore = PrivateKeyFile.Write([request.Promoted, .. vault.PrivateKeys]),
            After = [new LaterDocument(new VaultDocument(KeyRegistry.FileName, registry.Write(afterRotation: true)), 2)],
            KeysAfter = PrivateKeyFile.Write([request.Promoted, .. vault.PrivateKeys.Where(key => key.PublicKey.KeyId != revoked.KeyId)]),
        };
    }

    /// <summary>
    /// The promotion that a crash in the middle of writing both events has cut off: the revocation is the log's last event, and the new key is at hand,
    /// as it was kept before. Null where nothing is missing.
    /// </summary>
    internal static async Task<BuiltBackpackEvent?> FindCutOffAsync(BackpackVault vault, CancellationToken cancellation)
    {
        if (vault.Chains.LoneRevocation is not { } at || at != vault.Chains.Position - 1)
            return null;
        var page = await vault.Log.ReadAsync(LogStream.Events, at, 1, int.MaxValue, cancellation);
        return page.Lines.Count == 1 ? CutOff(vault, page.Lines[0].Span) : null;
    }

    private static BuiltBackpackEvent? CutOff(BackpackVault vault, ReadOnlySpan<byte> line)
    {
        using var scratch = new PooledBuffer(line.Length + 16);
        if (!BackpackEvent.TryRead(line, scratch, out var revocation) || revocation.PayloadText("revoked_key_id"u8) is not { } revokedId
            || vault.Registry.Find(revokedId) is not { IsActive: true } revoked || !IsSignedByAuthority(vault.Registry, revocation, revokedId)
            || vault.PrivateKeys.FirstOrDefault(key => vault.Registry.Find(key.PublicKey.KeyId) is null) is not { } promoted
            || vault.FindPrivateKey(revocation.KeyId!) is not { } signer || !EventTimestamp.TryParse(revocation.Timestamp, out var time))
            return null;
        var builder = new BackpackEventBuilder(signer);
        var promotion = Promotion(promoted.PublicKey, revoked, builder.KeyId, EventTimestamp.Format(time));
        return builder.Build(promotion, vault.Chains.Next(Authority), time);
    }

    private static PreparedBackpackEvent Promotion(PublicKey next, RegisteredKey revoked, string signerId, string at) =>
        Prepare(EventTypes.KeyPromotion, new JsonObject
        {
            ["algorithm"] = "Ed25519",
            ["new_key_id"] = next.KeyId,
            ["new_public_key_b64"] = Convert.ToBase64String(next.Raw),
            ["promoted_at_utc"] = at,
            ["promoted_by"] = signerId,
            ["replaces_key_id"] = revoked.KeyId,
            ["roles"] = new JsonArray([.. revoked.Roles.Select(role => (JsonNode)role)]),
        });

    /// <summary>The registry after a revocation and the promotion that follows it, or null where the two do not hold up.</summary>
    internal static KeyRegistry? Follow(KeyRegistry registry, ReadOnlySpan<byte> firstLine, ReadOnlySpan<byte> secondLine)
    {
        using var firstScratch = new PooledBuffer(firstLine.Length + 16);
        using var secondScratch = new PooledBuffer(secondLine.Length + 16);
        if (!BackpackEvent.TryRead(firstLine, firstScratch, out var revocation) || !BackpackEvent.TryRead(secondLine, secondScratch, out var promotion)
            || !revocation.IsType("KEY_REVOCATION"u8) || !promotion.IsType("KEY_PROMOTION"u8) || promotion.PreviousId != revocation.Id)
            return null;
        var revokedId = revocation.PayloadText("revoked_key_id"u8);
        var raw = new byte[PublicKey.Length];
        if (revokedId is null || revokedId != promotion.PayloadText("replaces_key_id"u8) || !registry.Contains(revokedId, active: true)
            || !StrictBase64.TryDecode(promotion.PayloadText("new_public_key_b64"u8), raw) || !PublicKey.TryFromRaw(raw, out var promoted)
            || !IsSignedByAuthority(registry, revocation, revokedId) || !IsSignedByAuthority(registry, promotion, revokedId))
            return null;
        return promoted.KeyId == promotion.PayloadText("new_key_id"u8) && registry.Find(promoted.KeyId) is null
            ? registry.Rotate(revokedId, revocation.Id!, promoted, promotion.Id!, revocation.PayloadText("revoked_at_utc"u8) ?? "")
            : null;
    }

    private static bool IsSignedByAuthority(KeyRegistry registry, in BackpackEvent written, string revokedId) =>
        written.KeyId != revokedId && registry.Find(written.KeyId) is { HasOwnId: true } key && IsAuthority(key) && written.IsSignedBy(key.Key!);

    private static bool IsAuthority(RegisteredKey key) => key.IsActive && (key.Roles.Contains("root") || key.Roles.Contains("quorum"));

    private static PreparedBackpackEvent Prepare(string type, JsonObject payload) =>
        PreparedBackpackEvent.ForOperation(type, PrettyJson.Write(payload), Authority);
}
