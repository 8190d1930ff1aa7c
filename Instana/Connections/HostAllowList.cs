using System.Diagnostics.CodeAnalysis;

namespace Granary.Instana.Connections;

/// <summary>
/// The backends that may be called. An entry is <c>host</c>, <c>host:port</c>, <c>*.domain</c>, <c>*.domain:port</c>, or an
/// origin with its scheme; only the last form can allow plain http, and only for one exact host and port. An address is never
/// matched by a pattern, nor is a name that leads to one which is not public, so a private network is out of reach unless an entry names it.
/// </summary>
public sealed class HostAllowList
{
    private readonly IReadOnlyList<AllowedHost> _entries;

    private HostAllowList(IReadOnlyList<AllowedHost> entries) => _entries = entries;

    /// <summary>The vendor's cloud: <c>*.instana.io</c>.</summary>
    public static HostAllowList Default { get; } = Parse(["*.instana.io"]);

    /// <summary>Where the list stands, for the sentence that refuses a host.</summary>
    public string Place { get; private init; } = InstanaOptionsReader.AllowedHostsVariable;

    /// <summary>Reads a list's entries; <paramref name="problem"/> names the first that cannot be read.</summary>
    public static bool TryParse(
        IEnumerable<string> entries,
        [NotNullWhen(true)] out HostAllowList? list,
        [NotNullWhen(false)] out string? problem,
        string place = InstanaOptionsReader.AllowedHostsVariable)
    {
        var hosts = new List<AllowedHost>();
        list = null;
        foreach (var entry in entries)
        {
            if (!AllowedHost.TryParse(entry.Trim(), out var host, out problem))
                return false;
            hosts.Add(host);
        }
        problem = null;
        list = new HostAllowList(hosts) { Place = place };
        return true;
    }

    /// <summary>Reads a list that must be right.</summary>
    /// <exception cref="FormatException">An entry cannot be read; the message says which and why.</exception>
    public static HostAllowList Parse(IEnumerable<string> entries) =>
        TryParse(entries, out var list, out var problem) ? list : throw new FormatException(problem);

    /// <summary>Whether an origin may be called.</summary>
    public bool Allows(Uri origin)
    {
        foreach (var entry in _entries)
        {
            if (entry.Matches(origin))
                return true;
        }
        return false;
    }

    /// <summary>Whether an entry names this very host, rather than a pattern that it fits.</summary>
    internal bool Names(Uri origin)
    {
        foreach (var entry in _entries)
        {
            if (!entry.AnySubdomain && entry.Matches(origin))
                return true;
        }
        return false;
    }

    /// <summary>A sentence that says why an origin may not be called; null when it may.</summary>
    internal string? Check(Uri origin)
    {
        if (Allows(origin))
            return null;
        return origin.Scheme == Uri.UriSchemeHttps
            ? $"The Instana host '{origin.Authority}' is not on the list of allowed hosts; an operator can add it to {Place}."
            : "The Instana base URL must use https; an operator can allow plain http for one address by adding "
                + $"'http://{origin.Host}:{origin.Port}' to {Place}.";
    }

    /// <inheritdoc />
    public override string ToString() => string.Join(", ", _entries);
}
