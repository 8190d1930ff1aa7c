using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Vault.Keys;

namespace Granary.Vault.Evidence.Stamps;

/// <summary>What is in a Rekor log: a digest, a signature of it, and the key that made the signature.</summary>
internal sealed class RekorBody
{
    public const string Kind = "hashedrekord";
    public const string Version = "0.0.1";

    private const string Algorithm = "sha256";

    private readonly RekorSpecJson _spec;
    private readonly P256PublicKey _key;

    private RekorBody(RekorBodyJson json)
    {
        if (json.Kind != Kind || json.ApiVersion != Version || json.Spec.Data.Hash.Algorithm != Algorithm)
            throw new FormatException($"The Rekor entry is of another type than {Kind} {Version} with {Algorithm}.");
        _spec = json.Spec;
        var keys = P256PublicKey.ReadPem(Encoding.UTF8.GetString(_spec.Signature.PublicKey.Content));
        _key = keys.Count == 1 ? keys[0] : throw new FormatException("The Rekor entry does not have one key.");
    }

    public static RekorKindJson KindVersion { get; } = new(Kind, Version);

    /// <summary>
    /// A new entry of a root. The key is made for it and thrown away: a log takes nothing without a signature, and what counts is that the root is in it, not who put it there.
    /// </summary>
    public static byte[] Propose(ReadOnlySpan<byte> root)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signature = key.SignHash(root.ToArray(), DSASignatureFormat.Rfc3279DerSequence);
        var pem = Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n");
        var spec = new RekorSpecJson(new RekorDataJson(new RekorHashJson(Algorithm, Convert.ToHexStringLower(root))), new RekorSignatureJson(signature, new RekorKeyJson(pem)));
        return JsonSerializer.SerializeToUtf8Bytes(new RekorBodyJson(Version, Kind, spec), RekorJson.Default.RekorBodyJson);
    }

    /// <exception cref="FormatException">It is no such body.</exception>
    public static RekorBody Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return new RekorBody(JsonSerializer.Deserialize(json, RekorJson.Default.RekorBodyJson) ?? throw new FormatException("The Rekor entry has no body."));
        }
        catch (JsonException failure)
        {
            throw new FormatException($"The Rekor entry's body is not one of {Kind} {Version}: {failure.Message}", failure);
        }
    }

    /// <summary>What is wrong with it: a sentence, or null where it is of this root.</summary>
    public string? Problem(ReadOnlySpan<byte> root)
    {
        if (_spec.Data.Hash.Value != Convert.ToHexStringLower(root))
            return "The Rekor entry is of another digest.";
        return _key.VerifyHash(root, _spec.Signature.Content) ? null : "The signature in the Rekor entry is not by the key in it.";
    }
}
