using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Psmc.Events;

namespace Granary.Vault.Psmc.Keys;

/// <summary>
/// The old key's word for the new one in a key rotation. The reference signs its rotation event with the new key alone, so that anyone who can write
/// the folder can put a key of his own in. Here the event's <c>data</c> holds two members more, which the reference carries along:
/// <c>new_public_key_b64</c>, and <c>endorsement</c>, the old key's signature (hex) over the canonical <c>data</c> without it.
/// </summary>
public static class RotationEndorsement
{
    private const string Name = "endorsement";

    /// <summary>The <c>data</c> of a rotation event, canonical and endorsed.</summary>
    /// <param name="oldKey">The key that is retired.</param>
    /// <param name="newKey">The key that takes its place, which signs the event.</param>
    /// <param name="retiredKeyPath">Where the old public key is kept in the vault.</param>
    public static byte[] Data(SigningKey oldKey, PublicKey newKey, string retiredKeyPath)
    {
        using var signed = new PooledBuffer(512);
        Write(null);
        Span<byte> signature = stackalloc byte[SigningKey.SignatureLength];
        oldKey.Sign(signed.Written, signature);
        signed.Clear();
        Write(Convert.ToHexStringLower(signature));
        return signed.Written.ToArray();

        void Write(string? endorsement)
        {
            Member("{\"action\":", "key_rotation");
            if (endorsement is not null)
                Member($",\"{Name}\":", endorsement);
            Member(",\"new_key_fingerprint\":", newKey.KeyId);
            Member(",\"new_public_key_b64\":", Convert.ToBase64String(newKey.Raw));
            Member(",\"old_key_fingerprint\":", oldKey.PublicKey.KeyId);
            Member(",\"reason\":", "scheduled rotation");
            Member(",\"retired_key_path\":", retiredKeyPath);
            signed.Write((byte)'}');
        }

        void Member(string name, string value)
        {
            signed.Write(Encoding.ASCII.GetBytes(name));
            JsonString.Write(value, signed);
        }
    }

    /// <summary>What is wrong with a rotation's endorsement: a sentence, or null when the old key vouches for the new one.</summary>
    /// <param name="data">The rotation event's canonical <c>data</c>.</param>
    /// <param name="find">Finds a key of the vault by its id.</param>
    internal static string? Problem(ReadOnlySpan<byte> data, Func<string, PublicKey?> find)
    {
        if (Text(data, Name) is not { Length: 2 * SigningKey.SignatureLength } hex)
            return "The rotation to a new key is not endorsed by the old one: anyone who could write the vault's folder could have put the new key in.";
        var newKey = find(Text(data, "new_key_fingerprint") ?? "");
        if (newKey is null || Text(data, "new_public_key_b64") != Convert.ToBase64String(newKey.Raw))
            return "The rotation endorses another new key than the one of its name in the vault.";
        if (find(Text(data, "old_key_fingerprint") ?? "") is not { } oldKey)
            return "The old key of the rotation is not one of the vault's, so its endorsement cannot be checked.";
        var signature = new byte[SigningKey.SignatureLength];
        var isHex = Convert.FromHexString(hex, signature, out _, out _) == System.Buffers.OperationStatus.Done;
        return isHex && oldKey.Verify(Without(data), signature) ? null : "The endorsement of the rotation is not the old key's.";
    }

    private static byte[] Without(ReadOnlySpan<byte> data)
    {
        using var signed = new PooledBuffer(data.Length);
        var members = new CanonicalObject(data);
        while (members.MoveNext())
        {
            if (members.Key.SequenceEqual("endorsement"u8))
                continue;
            signed.Write(signed.Length == 0 ? (byte)'{' : (byte)',');
            signed.Write(data[members.Start..members.End]);
        }
        signed.Write((byte)'}');
        return signed.Written.ToArray();
    }

    private static string? Text(ReadOnlySpan<byte> data, string name) =>
        CanonicalObject.TryGet(data, Encoding.ASCII.GetBytes(name), out var value) ? PsmcEvent.Text(value) : null;
}
