using System.Text.Json;
using Granary.Vault.Keys;

namespace Granary.Vault.Tests.Support;

internal static class Fixture
{
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", name);

    public static byte[] Read(string name) => File.ReadAllBytes(PathOf(name));

    public static JsonElement Json(string name) => JsonDocument.Parse(Read(name)).RootElement;

    public static SigningKey Key(string label)
    {
        foreach (var key in Json("test-seeds.json").GetProperty("keys").EnumerateArray())
        {
            if (key.GetProperty("label").GetString() == label)
                return SigningKey.FromSeed(Convert.FromHexString(key.GetProperty("seed_hex").GetString()!));
        }
        throw new ArgumentException($"No seed named {label}.");
    }

    /// <summary>Copies the sample vault, with its private key made from the seed it was generated with.</summary>
    public static void CopySampleVault(string target)
    {
        foreach (var file in Directory.EnumerateFiles(PathOf("sample-psmc-vault"), "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(PathOf("sample-psmc-vault"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllBytes(copy, File.ReadAllBytes(file));
        }
        using var key = Key("psmc_rotated");
        File.WriteAllBytes(Path.Combine(target, "keys", "active.pem"), KeyPem.WritePrivate(key));
    }
}
