using System.Text.Json;
using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Gateway.Tools.Vaults;
using Granary.Tenants;

namespace Granary.Gateway.Resources.Vaults;

/// <summary>Completes the names of a tenant's vaults, and the ids of a vault's latest events.</summary>
internal static class VaultCompletion
{
    private const int MaxEvents = 1000;

    private static CallTarget Target { get; } = CallTarget.Of(Scopes.VaultRead);

    /// <summary>One more than a completion may hold, so that it can say that there are more.</summary>
    private const int MaxNames = 101;

    /// <summary>Completes <c>name</c>, <c>vault</c>, <c>id</c> or <c>event_id</c>; nothing for a caller who may not read.</summary>
    public static async ValueTask<IReadOnlyList<string>> CompleteAsync(ITenants tenants, CompletionCall call)
    {
        if (!call.Allows(Target))
            return [];
        return call.Argument switch
        {
            "name" or "vault" => await NamesAsync(tenants, call),
            "id" or "event_id" => await EventsAsync(tenants, call),
            _ => [],
        };
    }

    private static async ValueTask<IReadOnlyList<string>> NamesAsync(ITenants tenants, CompletionCall call) => call.Value.Length > VaultName.MaxBytes
        ? []
        : [.. (await tenants.ListVaultsAsync(call.Tenant, new VaultListing { Prefix = call.Value, Limit = MaxNames }, call.Cancellation))
            .Vaults.Where(v => call.Allows(Target with { Vault = v.Value })).Select(v => v.Value)];

    /// <summary>The newest first. Ids are not sorted in a log, so only its end is looked at.</summary>
    private static async ValueTask<IReadOnlyList<string>> EventsAsync(ITenants tenants, CompletionCall call)
    {
        if (!VaultName.TryParse(call.Context.GetValueOrDefault("name") ?? call.Context.GetValueOrDefault("vault"), out var name, out _)
            || !call.Allows(Target with { Vault = name.Value }))
        {
            return [];
        }
        var vault = call.VaultOf(tenants, name, Target);
        try
        {
            var count = (await vault.GetHeadAsync(call.Cancellation)).Count;
            using var page = await VaultJson.RunAsync(
                vault,
                "list_events",
                json =>
                {
                    json.WriteNumber("offset", Math.Max(0, count - MaxEvents));
                    json.WriteNumber("limit", MaxEvents);
                },
                call.Cancellation);
            return [.. page.RootElement.GetProperty("events").EnumerateArray()
                .Reverse()
                .Select(Id)
                .OfType<string>()
                .Where(id => id.StartsWith(call.Value, StringComparison.Ordinal))];
        }
        catch (TenantException e) when (e.Failure == TenantFailure.NotFound)
        {
            return [];
        }
    }

    private static string? Id(JsonElement stored) =>
        stored.ValueKind == JsonValueKind.Object && (stored.TryGetProperty("event_id", out var id) || stored.TryGetProperty("id", out id))
        && id.ValueKind == JsonValueKind.String
            ? id.GetString()
            : null;
}
