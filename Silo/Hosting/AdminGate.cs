using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Silo.Hosting;

/// <summary>Lets through to the admin port who has the key: as a bearer token, or as the password a browser asks for.</summary>
internal sealed class AdminGate(int port, string key)
{
    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);

    public bool Guards(HttpContext context) => context.Connection.LocalPort == port;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (Given(context.Request.Headers.Authorization.ToString()) is { } given && CryptographicOperations.FixedTimeEquals(given, _key))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Basic realm=\"Granary silo\"";
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
}
