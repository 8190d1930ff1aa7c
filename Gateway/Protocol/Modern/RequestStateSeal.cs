using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Granary.Gateway.Access;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Modern;

/// <summary>
/// Seals what a tool wants to know again in the next round (rules R3, R4): it opens only for the same principal, method, name and arguments,
/// and for ten minutes.
/// </summary>
internal sealed class RequestStateSeal(TokenSeal ring, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    public string Seal(string? state, Principal principal, Envelope envelope)
    {
        var text = Encoding.UTF8.GetBytes(state ?? "");
        var plain = new byte[8 + text.Length];
        BitConverter.TryWriteBytes(plain, (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
        text.CopyTo(plain, 8);
        return Base64Url.EncodeToString(ring.Seal(plain, Purpose(principal, envelope)));
    }

    /// <exception cref="RpcException">The state is not one of ours, was changed, belongs to another call, or is too old.</exception>
    public string Open(string text, Principal principal, Envelope envelope)
    {
        var plain = text.Length is > 0 and <= 64 * 1024 && SealedText.Decode(text) is { } bytes ? ring.Open(bytes, Purpose(principal, envelope)) : null;
        if (plain is null)
            throw RpcException.InvalidParams("'requestState' does not verify: send it back unchanged, with the same request it was given for.");
        if (DateTimeOffset.FromUnixTimeSeconds(BitConverter.ToInt64(plain)) < time.GetUtcNow())
            throw RpcException.InvalidParams("'requestState' has expired: start the call again without it.");
        return Encoding.UTF8.GetString(plain, 8, plain.Length - 8);
    }

    private static byte[] Purpose(Principal principal, Envelope envelope)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in (string[])["request-state", principal.Tenant.Value, principal.Name, envelope.Method, envelope.Name ?? "", envelope.Uri ?? ""])
        {
            digest.AppendData(Encoding.UTF8.GetBytes(part));
            digest.AppendData([0]);
        }
        digest.AppendData(envelope.Arguments.Of(envelope.Body).Span);
        return digest.GetHashAndReset();
    }
}
