using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;

namespace Granary.Vault.Evidence.Timestamps;

/// <summary>
/// A timestamp of the vault's state, kept in the log (specification 8): an event <c>com.provara.timestamp_anchor</c> with the state's hash, the
/// authority's address and its response.
/// </summary>
/// <param name="StateHash">64 hex digits.</param>
/// <param name="Authority">Where the authority is.</param>
/// <param name="Response">Token or response, in DER.</param>
public sealed record StateAnchor(string StateHash, string Authority, ReadOnlyMemory<byte> Response)
{
    /// <summary>The event's type.</summary>
    public const string EventType = "com.provara.timestamp_anchor";

    private const string Actor = "timestamp_authority";

    /// <summary>Asks an authority for a timestamp of a state.</summary>
    /// <exception cref="EvidenceException">The hash is none, or there is no token to be had.</exception>
    public static async Task<StateAnchor> RequestAsync(string stateHash, ITimestampAuthority authority, CancellationToken cancellation)
    {
        if (!Proofs.EventTree.IsHash(stateHash))
            throw new EvidenceException("state_hash must be 64 lower-case hexadecimal digits.");
        var token = await TimestampToken.RequestAsync(authority, Convert.FromHexString(stateHash), cancellation);
        return new StateAnchor(stateHash, authority.Address?.ToString() ?? "", token.Encode());
    }

    /// <summary>The event to append.</summary>
    public PreparedBackpackEvent ToEvent() => PreparedBackpackEvent.Create(
        EventType,
        PrettyJson.Write(new JsonObject
        {
            ["subject"] = "vault/state",
            ["predicate"] = "anchored_to_tsa",
            ["target_state_hash"] = StateHash,
            ["tsa_url"] = Authority,
            ["rfc3161_tsr_b64"] = Convert.ToBase64String(Response.Span),
            ["confidence"] = JsonNode.Parse("1.0"),
        }),
        Actor);

    /// <summary>The anchor that an event holds, or null where it holds none.</summary>
    public static StateAnchor? From(in BackpackEvent written)
    {
        if (written.Type != EventType || written.PayloadText("target_state_hash"u8) is not { } hash || written.PayloadText("rfc3161_tsr_b64"u8) is not { } text)
            return null;
        var response = new byte[text.Length];
        return Convert.TryFromBase64String(text, response, out var length)
            ? new StateAnchor(hash, written.PayloadText("tsa_url"u8) ?? "", response.AsMemory(0, length))
            : null;
    }

    /// <summary>What is wrong with it: a sentence, or null.</summary>
    /// <param name="anchors">Certificates of authorities to trust; null to leave that open.</param>
    public string? Problem(X509Certificate2Collection? anchors = null)
    {
        if (!Proofs.EventTree.IsHash(StateHash))
            return "target_state_hash is not 64 lower-case hexadecimal digits.";
        try
        {
            var token = TimestampToken.Read(Response);
            // Other writers hash the text of the hash once more.
            var ofText = SHA256.HashData(Encoding.ASCII.GetBytes(StateHash));
            return token.Problem(token.Hash.Span.SequenceEqual(ofText) ? ofText : Convert.FromHexString(StateHash), anchors);
        }
        catch (FormatException failure)
        {
            return failure.Message;
        }
    }
}
