using System.Net;
using Granary.Instana.Connections;
using Granary.Instana.Http;
using Granary.Instana.Resilience;

namespace Granary.Instana.Client;

/// <summary>One attempt: the message out, redirects within the origin, the body in, and what the status means.</summary>
internal sealed class HttpExchange(
    InstanaConnection connection, InstanaOptions options, InstanaTransport transport, RateBudget budget, TimeProvider time)
{
    private readonly bool _isNamed = options.IsNamed(connection.BaseUrl);

    public async Task<InstanaReply> SendAsync(InstanaRequest request, CallScope scope, CancellationToken cancellation)
    {
        Uri? target = null;
        for (var redirects = 0; ; redirects++)
        {
            using var message = RequestMessages.Create(connection, request, scope, target);
            using var response = await transport.SendAsync(message, _isNamed, cancellation);
            if ((int)response.StatusCode is < 300 or >= 400)
                return await ReadAsync(request, response, cancellation);
            var reason = WhyNot(request, response, redirects, message.RequestUri!, out target);
            if (reason is not null)
                return Failures.Redirect(response.StatusCode, reason);
        }
    }

    private string? WhyNot(InstanaRequest request, HttpResponseMessage response, int redirects, Uri from, out Uri? target)
    {
        target = null;
        if (response.Headers.Location is not { } location)
            return "The backend answered with a redirect that names no target.";
        target = location.IsAbsoluteUri ? location : new Uri(from, location);
        if (target.Scheme != connection.BaseUrl.Scheme || target.Host != connection.BaseUrl.Host || target.Port != connection.BaseUrl.Port)
        {
            // The host only: the rest of the address may hold what a login page wants to keep.
            return $"The backend redirected to another address ('{ErrorBodies.Redact(target.Host, connection.Credential)}'), which is not followed; check the base URL and the credential.";
        }
        if (request.Method != HttpMethod.Get)
            return "The backend redirected a request that is not a plain read; check the base URL.";
        return redirects < options.MaxRedirects ? null : $"The backend redirected more than {options.MaxRedirects} times.";
    }

    private async Task<InstanaReply> ReadAsync(InstanaRequest request, HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = response.StatusCode;
        var rate = RateHeaders.Read(response.Headers, time.GetUtcNow());
        budget.Observe(request.Family, rate, status == HttpStatusCode.TooManyRequests);
        var body = await BoundedBody.ReadAsync(response.Content, options.MaxResponseBytes, cancellation);
        if (body is null)
            return Failures.TooLarge(status, options.MaxResponseBytes);
        if (response.IsSuccessStatusCode)
            return new InstanaReply((int)status, SecretScrub.Clean(body.Value, connection.Credential), null);
        var words = ErrorBodies.Describe(body.Value.Span, connection.Credential);
        if (status == HttpStatusCode.TooManyRequests)
            return RateLimited(words, rate);
        return InstanaReply.Failed(new InstanaFailure(FailureKind.Status, words.Length == 0 ? Meaning((int)status) : words)
        {
            Status = (int)status,
            Retryable = (int)status is 408 or 500 or 502 or 503 or 504,
            Wait = (int)status == 503 ? rate.RetryAfter : null,
            ResetAt = (int)status == 503 && rate.RetryAfter is { } wait ? time.GetUtcNow() + wait : null,
            // Not 500: some endpoints answer it to a mistaken question, and one caller must not shut out the others.
            Unhealthy = (int)status is 502 or 503 or 504,
        });
    }

    private InstanaReply RateLimited(string words, RateHeaders rate)
    {
        var now = time.GetUtcNow();
        // With calls left it is a burst that was refused: the window's end says nothing about when it is over.
        var until = rate.RetryAfter is { } after ? now + after : rate.Remaining > 0 ? null : rate.Reset;
        return Failures.RateLimited(words, 429, until is { } at ? Max(at - now) : null, until);
    }

    private static TimeSpan Max(TimeSpan wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait;

    private static string Meaning(int status) => status switch
    {
        401 => "The backend does not accept the credential, or it belongs to another unit.",
        403 => "The credential lacks the permission for this.",
        404 => "The backend does not know this.",
        _ => "The backend gave no reason.",
    };
}
