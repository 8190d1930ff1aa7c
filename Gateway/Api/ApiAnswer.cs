using System.Globalization;
using System.Text.Json;
using Granary.Gateway.Invocation;
using Granary.Gateway.Tools.Vaults;
using Granary.Tenants;

namespace Granary.Gateway.Api;

/// <summary>
/// An answer of the API: a status and a JSON object. Failures have <c>success</c> false, and the sentence as <c>detail</c>, where its clients look.
/// </summary>
internal sealed record ApiAnswer(int Status, ReadOnlyMemory<byte> Json, TimeSpan? RetryAfter = null)
{
    /// <summary>How the call ended that it answers.</summary>
    public CallEnd End => Status switch
    {
        < 400 => CallEnd.Ok,
        StatusCodes.Status403Forbidden => CallEnd.Refused,
        < 500 => CallEnd.Error,
        _ => CallEnd.Failed,
    };

    public static ApiAnswer Ok(int status, Action<Utf8JsonWriter> members) => new(status, VaultJson.Write(members));

    public static ApiAnswer Fail(int status, string sentence, TimeSpan? retryAfter = null) => new(
        status,
        VaultJson.Write(json =>
        {
            json.WriteBoolean("success", false);
            json.WriteString("detail", sentence);
        }),
        retryAfter);

    public static ApiAnswer Fail(TenantException failure) => Fail(Map(failure.Failure), failure.Message, failure.RetryAfter);

    public async Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = Status;
        response.ContentType = "application/json";
        response.ContentLength = Json.Length;
        response.Headers.CacheControl = "no-store";
        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await response.Body.WriteAsync(Json);
    }

    private static int Map(TenantFailure failure) => failure switch
    {
        TenantFailure.InvalidInput => StatusCodes.Status400BadRequest,
        TenantFailure.NotFound => StatusCodes.Status404NotFound,
        TenantFailure.AlreadyExists or TenantFailure.KeyReused => StatusCodes.Status409Conflict,
        TenantFailure.Busy => StatusCodes.Status429TooManyRequests,
        TenantFailure.Unavailable => StatusCodes.Status503ServiceUnavailable,
        TenantFailure.StorageRefused => StatusCodes.Status507InsufficientStorage,
        _ => StatusCodes.Status500InternalServerError,
    };
}
