using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Granary.Bench.Mcp;

/// <summary>An access token, signed with a key of its own, and the files by which a gateway accepts it.</summary>
internal static class BenchToken
{
    private const string Issuer = "https://login.example.com";
    private const string PublicUrl = "https://granary.example.com";

    /// <summary>Writes the files into a folder.</summary>
    /// <returns>The token, and the gateway's arguments.</returns>
    public static async Task<(string Token, string[] Arguments)> MakeAsync(string folder, CancellationToken cancellation)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        var (keys, issuers) = (Path.Combine(folder, "jwks.json"), Path.Combine(folder, "issuers.json"));
        var jwk = new { kty = "EC", crv = "P-256", use = "sig", alg = "ES256", kid = "bench", x = Base64Url.EncodeToString(point.X), y = Base64Url.EncodeToString(point.Y) };
        await File.WriteAllTextAsync(keys, JsonSerializer.Serialize(new { keys = new[] { jwk } }), cancellation);
        await File.WriteAllTextAsync(
            issuers, JsonSerializer.Serialize(new { issuers = new[] { new { name = "bench", issuer = Issuer, tenant = "t1", keys } } }), cancellation);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var body = $"{Part(new { alg = "ES256", typ = "at+jwt", kid = "bench" })}.{Part(new
        {
            iss = Issuer, aud = $"{PublicUrl}/mcp", sub = "bench", scope = "vault:read instana:read", iat = now, exp = now + 7200, jti = "1",
        })}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(body), HashAlgorithmName.SHA256);
        return ($"{body}.{Base64Url.EncodeToString(signature)}", ["--issuers", issuers, "--public-url", PublicUrl]);
    }

    private static string Part<T>(T value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
}
