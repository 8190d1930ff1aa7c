using System.Globalization;
using System.Net;

namespace Granary.Instana.Http;

/// <summary>The sentences of failures that are not the backend's own words.</summary>
internal static class Failures
{
    public static InstanaReply Timeout(TimeSpan waited, bool callersDeadline) => InstanaReply.Failed(
        new InstanaFailure(
            FailureKind.Timeout,
            callersDeadline
                ? "The caller's deadline passed before the backend answered."
                : $"The backend did not answer within {waited.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s; "
                    + "ask for a shorter time range, or raise INSTANA_API_TIMEOUT.")
        {
            Retryable = true,
            Unhealthy = !callersDeadline,
        });

    public static InstanaReply Connection(Exception exception, Uri backend)
    {
        if (exception.InnerException is CertificateRefusedException refused)
            return InstanaReply.Failed(new InstanaFailure(FailureKind.Tls, $"The certificate of '{backend.Host}' {refused.Message}."));
        if (exception.InnerException is AddressRefusedException)
        {
            // Not which address: the names of a private network are nobody else's business.
            return InstanaReply.Failed(new InstanaFailure(
                FailureKind.Connection,
                $"The name '{backend.Host}' leads to no address that may be called; an operator can name the host itself in INSTANA_ALLOWED_HOSTS, or its network in INSTANA_ALLOWED_NETWORKS."));
        }
        var details = exception is HttpRequestException request
            ? request.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => $"The host '{backend.Host}' cannot be found; check the base URL.",
                HttpRequestError.ConnectionError => $"No connection to '{backend.Authority}'.",
                HttpRequestError.SecureConnectionError => $"TLS with '{backend.Authority}' failed: does it speak TLS there, in version 1.2 or later?",
                HttpRequestError.ResponseEnded => "The backend closed the connection before its answer was complete.",
                _ => $"The connection to '{backend.Authority}' failed ({request.HttpRequestError}).",
            }
            : "The backend closed the connection before its answer was complete.";
        return InstanaReply.Failed(new InstanaFailure(FailureKind.Connection, details) { Retryable = true, Unhealthy = true });
    }

    public static InstanaReply Redirect(HttpStatusCode status, string reason) =>
        InstanaReply.Failed(new InstanaFailure(FailureKind.Redirect, reason) { Status = (int)status });

    public static InstanaReply TooLarge(HttpStatusCode status, int limit) => InstanaReply.Failed(
        new InstanaFailure(
            FailureKind.TooLarge,
            $"The answer is longer than {limit / 1024} KiB; ask for a shorter time range or filter more.")
        {
            Status = (int)status,
        });

    public static InstanaReply CircuitOpen(string host, DateTimeOffset? until) => InstanaReply.Failed(
        new InstanaFailure(
            FailureKind.CircuitOpen,
            $"The backend '{host}' failed too often and is left alone for a while; try again {At(until)}.")
        {
            Retryable = true,
            ResetAt = until,
        });

    public static InstanaReply RateLimited(string? words, int? status, TimeSpan? wait, DateTimeOffset? until) => InstanaReply.Failed(
        new InstanaFailure(
            FailureKind.RateLimited,
            $"{(string.IsNullOrEmpty(words) ? "The backend's rate limit is used up" : words.TrimEnd('.'))}; try again {At(until)}.")
        {
            Status = status,
            Retryable = true,
            Wait = wait,
            ResetAt = until,
        });

    private static string At(DateTimeOffset? until) =>
        until is { } at ? "after " + at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "later";
}
