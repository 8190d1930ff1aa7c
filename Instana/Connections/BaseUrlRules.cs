using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Granary.Instana.Connections;

/// <summary>Reads a backend's address as people write it and reduces it to its origin.</summary>
internal static class BaseUrlRules
{
    public const int MaxLength = 512;

    private const int MaxKnown = 1024;

    // Calls bring the same few addresses again and again. Each would hold an origin of its own while it waits, and reading it costs more than finding it.
    private static readonly ConcurrentDictionary<string, Uri> Known = new(StringComparer.Ordinal);

    public static bool TryNormalise(string? text, [NotNullWhen(true)] out Uri? origin, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (text is not null && Known.TryGetValue(text, out origin))
            return true;
        origin = null;
        problem = Check(text, out var uri);
        if (problem is not null)
            return false;
        origin = new UriBuilder(uri!.Scheme, uri.IdnHost.Contains(':', StringComparison.Ordinal) ? uri.Host : uri.IdnHost, uri.Port).Uri;
        // Clients choose them, so their number is bounded.
        if (Known.Count >= MaxKnown)
            Known.Clear();
        Known[text!] = origin;
        return true;
    }

    private static string? Check(string? text, out Uri? uri)
    {
        uri = null;
        if (string.IsNullOrEmpty(text))
            return "The Instana base URL is missing: give the unit's address, for example https://unit-tenant.instana.io.";
        if (text.Length > MaxLength)
            return $"The Instana base URL is too long: at most {MaxLength} characters.";
        if (!text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && !text.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            return "Instana base URL must start with http:// or https://";
        // A backslash, a space or a control character is read differently by different parsers: the door of many a forged host.
        if (text.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0 || text.Contains('\\', StringComparison.Ordinal))
            return "The Instana base URL contains a character that is not allowed there; write it as https://unit-tenant.instana.io.";
        if (!Uri.TryCreate(text, UriKind.Absolute, out uri) || uri.Host.Length == 0)
            return "The Instana base URL is not a URL; write it as https://unit-tenant.instana.io.";
        if (text.Contains('@', StringComparison.Ordinal))
            return "The Instana base URL must not contain a user name or password.";
        if (text.Contains('?', StringComparison.Ordinal) || text.Contains('#', StringComparison.Ordinal))
            return "The Instana base URL must not contain a query or a fragment.";
        if (uri.HostNameType == UriHostNameType.Dns && uri.Host.AsSpan().IndexOfAnyExcept(HostCharacters) >= 0)
            return "The Instana base URL has a host name that is not allowed; write it as https://unit-tenant.instana.io.";
        var path = uri.AbsolutePath.TrimEnd('/');
        return path is "" or "/api"
            ? null
            : "The Instana base URL must name the unit only, without a path; write it as https://unit-tenant.instana.io.";
    }

    private static System.Buffers.SearchValues<char> HostCharacters { get; } =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-._");
}
