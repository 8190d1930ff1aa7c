using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Granary.Gateway.Access;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Messages;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Legacy.Sessions;

/// <summary>
/// A legacy session, wholly in its id: sealed, so that any replica serves it and an idle one costs no memory. It is bound to its
/// principal, because possession of an id is no authentication (MCP security practice).
/// </summary>
internal sealed record Session(
    string Key, string PrincipalDigest, string Revision, SessionCapabilities Capabilities, DateTimeOffset Expires, string ClientName)
{
    private const byte Format = 1;
    private const int KeyBytes = 16;
    private const int DigestBytes = 12;

    /// <summary>The tenant of the caller that named the session in this request; empty until one did.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>Whose quota of sessions this one counts for, besides its tenant's.</summary>
    public string KeyOwner => $"key:{PrincipalDigest}";

    /// <summary>The tenant whose quota it counts for.</summary>
    public string TenantOwner => $"tenant:{Tenant}";

    /// <summary>Whether a principal is the one the session was made for.</summary>
    public bool BelongsTo(Principal principal) => PrincipalDigest == Digest(principal);

    public static Session Create(Principal principal, string revision, ClientCapabilities capabilities, string? clientName, DateTimeOffset expires) => new(
        Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes)),
        Digest(principal),
        revision,
        SessionCapability.From(capabilities),
        expires,
        Clip(clientName));

    /// <summary>The id as it goes over the wire: visible ASCII.</summary>
    public string Seal(TokenSeal ring)
    {
        using var plain = new MemoryStream();
        using (var writer = new BinaryWriter(plain))
        {
            writer.Write(Format);
            writer.Write(Base64Url.DecodeFromChars(Key));
            writer.Write(Base64Url.DecodeFromChars(PrincipalDigest));
            writer.Write((byte)IndexOf(Revision));
            writer.Write((byte)Capabilities);
            writer.Write(Expires.ToUnixTimeSeconds());
            writer.Write(ClientName);
        }
        return Base64Url.EncodeToString(ring.Seal(plain.ToArray(), "session"u8));
    }

    /// <summary>Reads an id; null when it is not one of ours, was changed, or has expired.</summary>
    public static Session? Open(string id, TokenSeal ring, DateTimeOffset now)
    {
        if (id.Length is < 60 or > 512 || SealedText.Decode(id) is not { } bytes)
            return null;
        if (ring.Open(bytes, "session"u8) is not { } plain || plain[0] != Format)
            return null;
        using var reader = new BinaryReader(new MemoryStream(plain));
        reader.ReadByte();
        var key = Base64Url.EncodeToString(reader.ReadBytes(KeyBytes));
        var digest = Base64Url.EncodeToString(reader.ReadBytes(DigestBytes));
        var revision = Revisions.Legacy[reader.ReadByte()];
        var capabilities = (SessionCapabilities)reader.ReadByte();
        var expires = DateTimeOffset.FromUnixTimeSeconds(reader.ReadInt64());
        return expires <= now ? null : new Session(key, digest, revision, capabilities, expires, reader.ReadString());
    }

    /// <summary>Tells principals apart without naming them.</summary>
    internal static string Digest(Principal principal) => Base64Url.EncodeToString(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{principal.Tenant}\n{principal.Name}")).AsSpan(0, DigestBytes));

    private static int IndexOf(string revision)
    {
        for (var i = 0; i < Revisions.Legacy.Count; i++)
        {
            if (Revisions.Legacy[i] == revision)
                return i;
        }
        throw new InvalidOperationException($"'{revision}' has no sessions.");
    }

    private static string Clip(string? name)
    {
        var text = new StringBuilder();
        foreach (var c in name ?? "")
        {
            if (text.Length < 64 && c is >= ' ' and <= '~')
                text.Append(c);
        }
        return text.ToString();
    }
}

/// <summary>The client capabilities a session remembers: what the gateway may ask the client for.</summary>
[Flags]
internal enum SessionCapabilities
{
    None = 0,
    Sampling = 1,
    Elicitation = 2,
    ElicitationUrl = 4,
    Roots = 8,
    SamplingTools = 16,
    ElicitationUrlOnly = 32,
}

internal static class SessionCapability
{
    public static SessionCapabilities From(ClientCapabilities capabilities)
    {
        var flags = SessionCapabilities.None;
        if (capabilities.Sampling is { } sampling)
            flags |= SessionCapabilities.Sampling | (sampling.Tools is null ? 0 : SessionCapabilities.SamplingTools);
        if (capabilities.Elicitation is { } elicitation)
            flags |= SessionCapabilities.Elicitation | (elicitation.Url is null ? 0 : SessionCapabilities.ElicitationUrl)
                | (elicitation.Url is not null && elicitation.Form is null ? SessionCapabilities.ElicitationUrlOnly : 0);
        if (capabilities.Roots is not null)
            flags |= SessionCapabilities.Roots;
        return flags;
    }

    public static ClientCapabilities ToWire(this SessionCapabilities flags) => new()
    {
        Sampling = flags.HasFlag(SessionCapabilities.Sampling)
            ? new SamplingCapability { Tools = flags.HasFlag(SessionCapabilities.SamplingTools) ? new SamplingToolsCapability() : null }
            : null,
        Elicitation = flags.HasFlag(SessionCapabilities.Elicitation)
            ? new ElicitationCapability
            {
                Form = flags.HasFlag(SessionCapabilities.ElicitationUrlOnly) ? null : new FormElicitationCapability(),
                Url = flags.HasFlag(SessionCapabilities.ElicitationUrl) ? new UrlElicitationCapability() : null,
            }
            : null,
        Roots = flags.HasFlag(SessionCapabilities.Roots) ? new RootsCapability() : null,
    };
}
