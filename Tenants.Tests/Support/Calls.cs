using System.Text;
using System.Text.Json;

namespace Granary.Tenants.Tests.Support;

/// <summary>Operations, with JSON as text and as elements.</summary>
internal static class Calls
{
    public static async Task<JsonElement> RunAsync(this IVault vault, string operation, string arguments = "{}", string? key = null)
    {
        var result = await vault.RunAsync(new VaultCall(operation, Encoding.UTF8.GetBytes(arguments)) { IdempotencyKey = key }, null, default);
        return JsonDocument.Parse(result.Json).RootElement;
    }

    public static Task<TenantException> RefusedAsync(this IVault vault, string operation, string arguments) =>
        Should.ThrowAsync<TenantException>(() => vault.RunAsync(operation, arguments));

    public static IEnumerable<string> Texts(this JsonElement array, string member) => array.EnumerateArray().Select(item => item.GetProperty(member).GetString()!);
}
