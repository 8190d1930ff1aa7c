using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Cli.Vaults;
using Granary.Vault.Keys;

namespace Granary.Cli.Messages;

/// <summary>X25519 keys: a file with <c>encryption_private_key_b64</c>, or the Base64 itself.</summary>
internal static class EncryptionKeys
{
    public static AgreementKey ReadPrivate(string given)
    {
        try
        {
            var text = File.Exists(given) ? ConsoleJson.Read(OutsideFile.Read(given, "The encryption key")).MemberText("encryption_private_key_b64") ?? "" : given;
            return AgreementKey.FromRaw(Convert.FromBase64String(text));
        }
        catch (Exception failure) when (failure is FormatException or ArgumentException)
        {
            throw new CliFailure(
                "The encryption key cannot be used", "it is neither 32 bytes in Base64 nor a file that provara message-key wrote",
                "make one with provara message-key --out FILE", "provara message-key --help", failure);
        }
    }

    public static byte[] ReadPublic(string given)
    {
        var raw = new byte[AgreementKey.Length];
        return Convert.TryFromBase64String(given, raw, out var length) && length == raw.Length
            ? raw
            : throw new CliFailure(
                "The recipient's key cannot be used", "it is not 32 bytes in Base64",
                "give the public key that provara message-key printed for the recipient", "provara message-key --help");
    }

    public static async Task WriteAsync(AgreementKey key, string path, CancellationToken cancellation)
    {
        var raw = key.ExportRaw();
        var json = ConsoleJson.Write(new JsonObject
        {
            ["algorithm"] = "X25519",
            ["encryption_public_key_b64"] = Convert.ToBase64String(key.PublicKey.Span),
            ["encryption_private_key_b64"] = Convert.ToBase64String(raw),
        });
        CryptographicOperations.ZeroMemory(raw);
        await KeyFiles.WriteAsync(path, System.Text.Encoding.ASCII.GetBytes(json + "\n"), cancellation);
    }
}
