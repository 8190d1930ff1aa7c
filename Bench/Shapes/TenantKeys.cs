using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Bench.Load;
using Granary.Bench.Mcp;

namespace Granary.Bench.Shapes;

/// <summary>A key file with a tenant for each number of a request, and requests in their names.</summary>
internal static class TenantKeys
{
    private const int FirstId = 10_000_000;
    private const string Secret = "bench";

    /// <summary>The key of the first tenant.</summary>
    public static string First => Of(0);

    /// <summary>The key of a tenant, counted from 0.</summary>
    public static string Of(int tenant) => $"grk_{FirstId + tenant}_{Secret}";

    /// <summary>Each tenant creates its vault.</summary>
    public static RequestTemplate Create { get; } = Call("init_vault", """{"vault_path":"notes"}""");

    /// <summary>Each tenant appends an event to its vault.</summary>
    public static RequestTemplate Append { get; } = Call("append_event", """{"vault_path":"notes","event_type":"note","data":{"n":{id} } }""");

    /// <summary>Writes the file. All keys have one secret: it is what they are for that counts, not whom they keep out.</summary>
    public static async Task WriteAsync(string path, int tenants, CancellationToken cancellation)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var hash = HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes(Secret));
        var keys = Enumerable.Range(FirstId, tenants).Select(i => new { id = $"{i}", tenant = $"t{i}", scopes = (string[])["*"], salt, hash });
        await using var file = File.Create(path);
        await JsonSerializer.SerializeAsync(file, new { keys }, cancellationToken: cancellation);
    }

    /// <summary>A call that each numbered request makes for another tenant.</summary>
    public static RequestTemplate Call(string tool, string arguments) =>
        BenchToolCall.Modern(tool, arguments, [("Authorization", $"Bearer grk_{{id}}_{Secret}")]);
}
