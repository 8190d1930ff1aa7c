using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Granary.Instana.Connections;

namespace Granary.Instana.Http;

/// <summary>Who calls, for the backend's own records; each becomes a header of the request to it. Clients choose what they say: it is checked here, when it is sent.</summary>
/// <param name="Session">The MCP session. Only a fingerprint of it is sent: a session id may be enough to take its session over.</param>
/// <param name="Request">The id of the JSON-RPC request.</param>
/// <param name="Client">The client's name.</param>
public sealed record CallTracking(string? Session, string? Request, string? Client)
{
    private const int MaxLength = 128;

    internal static void Write(HttpRequestHeaders headers, CallScope scope, InstanaCredential credential)
    {
        if (scope.Tracking is not { } tracking)
            return;
        Add(headers, "X-MCP-Session-ID", Fingerprint(tracking.Session));
        Add(headers, "X-MCP-Request-ID", tracking.Request);
        Add(headers, "X-MCP-Client", tracking.Client);
        Add(headers, "X-MCP-Tool", scope.Tool);
        Add(headers, "X-MCP-Resource-Type", scope.ResourceType);
        Add(headers, "X-MCP-Environment-Type", credential.EnvironmentType);
    }

    /// <summary>Visible ASCII and inner spaces only, at most 128 characters; null when nothing is left.</summary>
    internal static string? Sanitise(string? value)
    {
        if (value is null)
            return null;
        var clean = new StringBuilder(Math.Min(value.Length, MaxLength));
        foreach (var c in value)
        {
            if (clean.Length == MaxLength)
                break;
            if (c is >= ' ' and <= '~')
                clean.Append(c);
        }
        var text = clean.ToString().Trim();
        return text.Length == 0 ? null : text;
    }

    private static string? Fingerprint(string? session) =>
        string.IsNullOrEmpty(session) ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(session)).AsSpan(0, 8));

    private static void Add(HttpRequestHeaders headers, string name, string? value)
    {
        if (Sanitise(value) is { } clean)
            headers.TryAddWithoutValidation(name, clean);
    }
}
