using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Silo.Hosting;

/// <summary>Lets through to the admin port who has the key: as a bearer token, or as the password a browser asks for.</summary>
internal sealed partial class AdminGate(string key, ILogger<AdminGate> log)
{
    private readonly byte[] _key = SHA256.HashData(Encoding.UTF8.GetBytes(key));
    private readonly ILogger<AdminGate> _log = log;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var authorization = context.Request.Headers.Authorization;
        // Digests have one length, so that the time tells nothing about the key's.
        if (authorization.Count == 1 && Given(authorization.ToString()) is { } given && CryptographicOperations.FixedTimeEquals(SHA256.HashData(given), _key))
            return next(context);
        LogRefused(authorization.Count == 0 ? "no key" : "wrong key", context.Connection.RemoteIpAddress?.ToString() ?? "-");
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Basic realm=\"Granary silo\"";
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync("The dashboard asks for GRANARY_ADMIN_KEY, as a bearer token or as the password.\n");
    }

    private static byte[]? Given(string header)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out var given) || given.Parameter is null)
            return null;
        if (given.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            return Encoding.UTF8.GetBytes(given.Parameter);
        var pair = new byte[given.Parameter.Length];
        if (!given.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) || !Convert.TryFromBase64String(given.Parameter, pair, out var length))
            return null;
        var colon = pair.AsSpan(0, length).IndexOf((byte)':');
        return colon < 0 ? null : pair[(colon + 1)..length];
    }

    [LoggerMessage(1, LogLevel.Warning, "Refused with 401: the dashboard, {Rule}, from {Address}")]
    private partial void LogRefused(string rule, string address);
}
