using System.Buffers.Text;
using System.Security.Cryptography;

namespace Granary.Gateway.Protocol.Legacy.Sessions;

/// <summary>Puts a gateway's name in front of an id that comes back to whichever gateway: <c>{gateway}.{id}</c>.</summary>
internal static class GatewayMark
{
    private const int NameBytes = 9;
    private const int NameLength = 12;

    /// <summary>A name that no other gateway has, nor this one after a restart.</summary>
    public static string CreateName() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(NameBytes));

    public static string Put(string gateway, string id) => gateway.Length == 0 ? id : $"{gateway}.{id}";

    /// <summary>The gateway that made an id; null when it names none.</summary>
    public static string? Find(string id) =>
        id.Length > NameLength && id[NameLength] == '.' && Base64Url.IsValid(id.AsSpan(0, NameLength)) ? id[..NameLength] : null;
}
