using System.Security.Cryptography;
using System.Text;
using Granary.Hosting.Configuration;
using Granary.Vault.Keys;
using Granary.Vault.OutsideFiles;

namespace Granary.Grains.Connections;

/// <summary>
/// The secret that the processes of a cluster share: 32 bytes in Base64, several to rotate. The first one proves this process, all of them
/// are accepted from others.
/// </summary>
public sealed class ClusterSecret
{
    private const string Variable = "GRANARY_CLUSTER_SECRET";
    private const string FileVariable = "GRANARY_CLUSTER_SECRET_FILE";
    private const string Help = "Make one with: openssl rand -base64 32";
    private const int MaxFile = 64 * 1024;
    private const int Length = 32;

    private readonly byte[][] _secrets;

    private ClusterSecret(byte[][] secrets) => _secrets = secrets;

    /// <summary>How many secrets are accepted.</summary>
    internal int Count => _secrets.Length;

    /// <summary>Reads <c>GRANARY_CLUSTER_SECRET</c> or <c>GRANARY_CLUSTER_SECRET_FILE</c>; null where neither is given.</summary>
    /// <exception cref="InvalidDataException">It cannot be used; the message shows nothing of it.</exception>
    public static ClusterSecret? Read(Settings settings)
    {
        var (text, file) = (settings.Text(Variable), settings.Text(FileVariable));
        if (text is not null && file is not null)
            throw new InvalidDataException($"Both {Variable} and {FileVariable} are given; give one of them.");
        if (text is null && file is null)
            return null;
        try
        {
            return Parse(text ?? RegularFile.ReadText(file!, MaxFile), text is null ? FileVariable : Variable);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"The file that {FileVariable} names cannot be read.", failure);
        }
    }

    /// <summary>Reads secrets: 32 bytes in Base64, one per line or comma; lines that start with <c>#</c> are ignored.</summary>
    /// <param name="text">The secrets.</param>
    /// <param name="name">The setting they come from.</param>
    /// <exception cref="InvalidDataException">There is none, or one is not 32 bytes of Base64.</exception>
    public static ClusterSecret Parse(string text, string name = Variable)
    {
        var secrets = new List<byte[]>();
        foreach (var line in text.Split(['\n', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '#')
                continue;
            var secret = new byte[Length];
            if (!Convert.TryFromBase64String(line, secret, out var length) || length != Length)
                throw new InvalidDataException($"{name}: secret {secrets.Count + 1} is not {Length} bytes in Base64. {Help}");
            secrets.Add(secret);
        }
        return secrets.Count is > 0 and <= 16
            ? new ClusterSecret([.. secrets])
            : throw new InvalidDataException($"{name} has 1 to 16 secrets of {Length} bytes in Base64, one per line; it has {secrets.Count}. {Help}");
    }

    /// <summary>A key ring derived from the secrets, for what the gateways share in Redis. It opens nothing that another purpose wrapped.</summary>
    public KeyRing RingFor(string purpose) => new([.. _secrets.Select(secret => Derive(secret, $"granary ring {purpose}"))]);

    /// <summary>The proof of one of the secrets over what both sides said.</summary>
    internal byte[] Prove(int index, ReadOnlySpan<byte> said) => HMACSHA256.HashData(Derive(_secrets[index], "granary handshake 1"), said);

    /// <summary>Which secret a proof is of; -1 for none.</summary>
    internal int Find(ReadOnlySpan<byte> proof, ReadOnlySpan<byte> said)
    {
        for (var i = 0; i < _secrets.Length; i++)
        {
            if (CryptographicOperations.FixedTimeEquals(Prove(i, said), proof))
                return i;
        }
        return -1;
    }

    private static byte[] Derive(byte[] secret, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, Length, salt: null, Encoding.UTF8.GetBytes(purpose));
}
