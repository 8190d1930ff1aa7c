using System.Diagnostics.CodeAnalysis;

namespace Granary.Instana.Connections;

/// <summary>Where a call comes from, which decides whether the operator's own credential may serve it.</summary>
public enum InstanaCaller
{
    /// <summary>The person who started this process, over stdio.</summary>
    Process,

    /// <summary>Anybody who can reach the HTTP endpoint.</summary>
    Http,
}

/// <summary>
/// Finds a call's connection. A request's own headers come first, in the order session, JWT, API token; they must be complete.
/// Without any, a unit that is held for the tenant serves the call. Without that, the operator's own connection serves the process's owner, and HTTP callers only where it
/// is shared on purpose.
/// </summary>
public static class ConnectionResolver
{
    /// <summary>Finds the connection, or a sentence that says what is missing or wrong. No secret is ever part of it.</summary>
    /// <param name="header">A request header by name; null or empty where the request has none. Over stdio: always null.</param>
    /// <param name="options">The tenant's: the allow-list, the units, the operator's own connection, and whether it is shared.</param>
    /// <param name="caller">Where the call comes from.</param>
    /// <param name="unit">The alias of the unit that the call names; null for none.</param>
    /// <param name="connection">The connection, when there is no problem.</param>
    /// <param name="problem">The sentence.</param>
    public static bool TryResolve(
        Func<string, string?> header,
        InstanaOptions options,
        InstanaCaller caller,
        string? unit,
        [NotNullWhen(true)] out InstanaConnection? connection,
        [NotNullWhen(false)] out string? problem)
    {
        connection = null;
        var sent = SentHeaders.Read(header);
        if (!string.IsNullOrWhiteSpace(unit) && sent.Any)
        {
            problem = "The call names a unit and brings a connection in its headers; leave one out.";
            return false;
        }
        if (sent.Any)
        {
            problem = sent.Missing();
            return problem is null && InstanaConnection.TryCreate(sent.BaseUrl, sent.Credential(), options, out connection, out problem);
        }
        if (options.Held.Count > 0)
        {
            return TryFindHeld(options, unit, out var held, out problem)
                && InstanaConnection.TryCreate(held.BaseUrl, new HeldCredential(held.Name), options, out connection, out problem);
        }
        if (caller == InstanaCaller.Http && !options.SharedCredentials)
        {
            problem = "Authentication failed: this request brought no Instana credentials. Send the headers "
                + $"{InstanaHeaders.BaseUrl} and {InstanaHeaders.ApiToken}; the server's own credentials do not serve HTTP requests.";
            return false;
        }
        var own = options.Environment;
        if (!string.IsNullOrWhiteSpace(unit) && !options.Units.TryGetValue(unit.Trim(), out own))
        {
            problem = options.Units.Count == 0
                ? "There are no units here: INSTANA_UNITS names the file that lists them."
                : NoUnit(unit, options.Units.Keys);
            return false;
        }
        problem = MissingFromEnvironment(own);
        return problem is null
            && InstanaConnection.TryCreate(own!.BaseUrl, new ApiTokenCredential(own.ApiToken!), options, out connection, out problem);
    }

    private static bool TryFindHeld(
        InstanaOptions options, string? unit, [NotNullWhen(true)] out HeldUnit? held, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (!string.IsNullOrWhiteSpace(unit))
        {
            if (!options.Held.TryGetValue(unit.Trim(), out held))
                problem = NoUnit(unit, options.Held.Keys);
        }
        else if (options.HeldDefault is { } named)
        {
            held = options.Held[named];
        }
        else if (options.Held.Count == 1)
        {
            held = options.Held.Values.First();
        }
        else
        {
            held = null;
            problem = $"Say which Instana unit is meant, with unit; there are: {Sorted(options.Held.Keys)}.";
        }
        return held is not null;
    }

    private static string NoUnit(string unit, IEnumerable<string> known) =>
        $"There is no unit '{(unit.Length <= 64 ? unit : unit[..64] + "…")}'; there are: {Sorted(known)}.";

    private static string Sorted(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));

    private static string? MissingFromEnvironment(InstanaEnvironment? environment)
    {
        var missing = new List<string>();
        if (string.IsNullOrEmpty(environment?.ApiToken))
            missing.Add("INSTANA_API_TOKEN is missing");
        if (string.IsNullOrEmpty(environment?.BaseUrl))
            missing.Add("INSTANA_BASE_URL is missing");
        return missing.Count == 0 ? null : $"Authentication failed: Missing credentials - {string.Join(" - ", missing)}";
    }
}
