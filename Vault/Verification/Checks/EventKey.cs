using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Vault.Verification.Checks;

/// <summary>An event's id in 16 bytes: the 96 bits of an id that is a hash, or as many of the hash of one that is not.</summary>
internal static class EventKey
{
    private const int Digits = 24;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    public static UInt128 Of(string id)
    {
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        if (id.Length == Digits + 4 && id.StartsWith("evt_", StringComparison.Ordinal) && !id.AsSpan(4).ContainsAnyExcept(LowerHex))
        {
            bytes[0] = 1;
            Convert.FromHexString(id.AsSpan(4), bytes[4..16], out _, out _);
        }
        else
        {
            SHA256.HashData(Encoding.UTF8.GetBytes(id), bytes);
            bytes[0] = 2;
        }
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
