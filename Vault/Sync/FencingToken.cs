using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;

namespace Granary.Vault.Sync;

/// <summary>What a fencing token must fulfil beyond the reference's conditions.</summary>
public sealed record FencingRules
{
    /// <summary>The id of the log's last event where the token must name it; null where any event of the log will do, as the reference has it.</summary>
    public string? LatestEventId { get; init; }

    /// <summary>How old it may be; null for any age.</summary>
    public TimeSpan? MaxAge { get; init; }
}

/// <summary>
/// A fencing token (specification 7.3): a signed statement that its issuer has seen a log up to an event. A writer that presents it is refused once
/// the log has gone further.
/// </summary>
public static class FencingToken
{
    private const int NonceBytes = 16;

    /// <summary>Issues a token: canonical JSON.</summary>
    /// <param name="key">The vault's active key.</param>
    /// <param name="latestEventId">The log's last event.</param>
    /// <param name="time">When.</param>
    /// <param name="nonce">32 hex digits; null for random ones.</param>
    public static byte[] Issue(SigningKey key, string latestEventId, DateTimeOffset time, string? nonce = null)
    {
        nonce ??= Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NonceBytes));
        var timestamp = EventTimestamp.Format(time);
        var hash = Hash(latestEventId, timestamp, nonce);
        return CanonicalJson.Canonicalize(PrettyJson.Write(new JsonObject
        {
            ["key_id"] = key.PublicKey.KeyId,
            ["latest_event_id"] = latestEventId,
            ["nonce"] = nonce,
            ["sig"] = key.SignToBase64(Encoding.ASCII.GetBytes(hash)),
            ["timestamp"] = timestamp,
            ["token_hash"] = hash,
        }));
    }

    /// <summary>The event a token names, or null where it is none.</summary>
    public static string? EventOf(ReadOnlySpan<byte> token) => TryRead(token, out var members) ? PrettyJson.Text(members, "latest_event_id") : null;

    /// <summary>Why a token does not hold, a sentence; null where it does.</summary>
    /// <param name="token">The token.</param>
    /// <param name="find">The public key of an id where it is active, otherwise null.</param>
    /// <param name="isInLog">Whether an event is in the log.</param>
    /// <param name="now">The time.</param>
    /// <param name="rules">What else it must fulfil.</param>
    public static string? FindProblem(
        ReadOnlySpan<byte> token, Func<string, PublicKey?> find, Func<string, bool> isInLog, DateTimeOffset now, FencingRules rules)
    {
        if (!TryRead(token, out var members))
            return "The token is not a JSON object.";
        string? Text(string name) => PrettyJson.Text(members, name);
        if (Text("key_id") is not { } keyId || Text("latest_event_id") is not { } eventId || Text("nonce") is not { } nonce
            || Text("timestamp") is not { } timestamp || Text("token_hash") is not { } hash || Text("sig") is not { } encoded)
            return "The token lacks one of key_id, latest_event_id, nonce, sig, timestamp and token_hash.";
        if (hash != Hash(eventId, timestamp, nonce))
            return "The token's hash is not that of its event, time and nonce.";
        if (find(keyId) is not { } key)
            return $"The token's key {keyId} is not an active key of the vault.";
        if (!key.VerifyBase64(Encoding.ASCII.GetBytes(hash), encoded))
            return $"The token's signature is not that of key {keyId}.";
        if (rules.LatestEventId is { } latest ? latest != eventId : !isInLog(eventId))
            return rules.LatestEventId is null
                ? $"The token's event {eventId} is not in the log."
                : $"The log has gone on since the token was issued: its last event is {rules.LatestEventId}.";
        if (rules.MaxAge is not { } maxAge)
            return null;
        if (!EventTimestamp.TryParse(timestamp, out var issued))
            return "The token's timestamp is not in the format's notation.";
        return now - issued > maxAge ? $"The token has expired: it may be {maxAge.TotalSeconds:0} seconds old." : null;
    }

    private static string Hash(string eventId, string timestamp, string nonce) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{eventId}:{timestamp}:{nonce}")));

    private static bool TryRead(ReadOnlySpan<byte> token, out JsonObject members)
    {
        members = [];
        try
        {
            members = PrettyJson.Read(token, "token");
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
