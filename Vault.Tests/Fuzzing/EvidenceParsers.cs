using System.Security.Cryptography;
using System.Text;
using Granary.Testing;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Evidence.Sigstore;
using Granary.Vault.Evidence.Stamps;
using Granary.Vault.Evidence.Timestamps;
using Granary.Vault.Tests.Evidence;

namespace Granary.Vault.Tests.Fuzzing;

/// <summary>The parsers of external evidence.</summary>
internal static class EvidenceParsers
{
    private static readonly byte[] Hash = SHA256.HashData("content"u8);

    public static IReadOnlyList<Parser> All { get; } =
    [
        new("timestamp token", [Token()], bytes => TimestampToken.Read(bytes).Problem(Hash), typeof(FormatException)),
        new("timestamp anchor", [Anchor()], bytes => StateAnchor.From(new BackpackEvent(Canonical(bytes)))?.Problem(), typeof(FormatException)),
        new("Rekor entry", [PublishedRekorEntry.Evidence], bytes => RekorEntry.Read(bytes).Problem(Hash, PublishedRekorEntry.Keys), typeof(FormatException)),
        new("answer of a Rekor log", [PublishedRekorEntry.Answer], bytes => RekorEntry.Of(bytes).Problem(Hash, PublishedRekorEntry.Keys), typeof(FormatException)),
        new("Sigstore anchor", [Sigstore()], bytes => SigstoreAnchor.Read("a", bytes)),
    ];

    private static byte[] Token()
    {
        using var authority = new TestAuthority();
        return authority.Answer(System.Security.Cryptography.Pkcs.Rfc3161TimestampRequest.CreateFromHash(Hash, HashAlgorithmName.SHA256));
    }

    private static byte[] Anchor() => Encoding.UTF8.GetBytes(
        $$$"""{"payload":{"rfc3161_tsr_b64":"{{{Convert.ToBase64String(Token())}}}","target_state_hash":"{{{Convert.ToHexStringLower(Hash)}}}","tsa_url":"u"},"type":"com.provara.timestamp_anchor"}""");

    private static byte[] Sigstore() => Encoding.UTF8.GetBytes($$"""{"format":"provara-sigstore-anchor-v1","merkle_root":"{{new string('a', 64)}}","vault_event_count":8}""");

    private static byte[] Canonical(byte[] bytes)
    {
        try
        {
            var text = Granary.Vault.Canonical.CanonicalJson.Canonicalize(bytes);
            return text[0] == '{' ? text : throw new FormatException("It is not a JSON object.");
        }
        catch (Granary.Vault.Canonical.CanonicalJsonException failure)
        {
            throw new FormatException(failure.Message, failure);
        }
    }
}
