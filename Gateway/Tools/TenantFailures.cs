using System.Text.Json;
using Granary.Tenants;

namespace Granary.Gateway.Tools;

/// <summary>Turns a tenant's failure into a result the model can act on: the sentence, the kind, and when to try again.</summary>
internal static class TenantFailures
{
    public static ToolResult ToResult(TenantException e) => ToolResult.Object(
        json =>
        {
            json.WriteString("error", e.Message);
            WriteKind(json, e);
        },
        isError: true);

    /// <summary>The kind, and whether and when to try again, as members of an object.</summary>
    public static void WriteKind(Utf8JsonWriter json, TenantException e)
    {
        json.WriteString("code", Code(e.Failure));
        json.WriteBoolean("retryable", e.RetryAfter is not null || e.Failure is TenantFailure.Unavailable or TenantFailure.OutcomeUnknown);
        if (e.RetryAfter is { } wait)
            json.WriteNumber("retry_after_ms", (long)wait.TotalMilliseconds);
    }

    private static string Code(TenantFailure failure) => failure switch
    {
        TenantFailure.InvalidInput => "invalid_input",
        TenantFailure.NotFound => "not_found",
        TenantFailure.AlreadyExists => "already_exists",
        TenantFailure.KeyReused => "idempotency_key_reused",
        TenantFailure.Busy => "busy",
        TenantFailure.StorageRefused => "storage_refused",
        TenantFailure.Damaged => "damaged",
        TenantFailure.Unavailable => "unavailable",
        _ => "outcome_unknown",
    };
}
