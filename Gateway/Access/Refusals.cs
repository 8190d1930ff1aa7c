using System.Diagnostics.Metrics;
using System.Net;

namespace Granary.Gateway.Access;

/// <summary>One line for each request that is refused: by which rule, which key, from where. Never what was presented.</summary>
internal sealed partial class Refusals(IMeterFactory meters, ILogger<Refusals> log)
{
    private readonly ILogger<Refusals> _log = log;
    private readonly Counter<long> _refused = meters.Create("Granary.Gateway").CreateCounter<long>(
        "granary.requests.refused", "{request}", "Requests that were refused, by the HTTP status that goes with it.");

    /// <param name="context">The request.</param>
    /// <param name="status">What it is answered with.</param>
    /// <param name="rule">A few words; nothing that the client sent.</param>
    /// <param name="key">The id of a key that is known; null where there is none.</param>
    public void Record(HttpContext context, int status, string rule, string? key = null) =>
        Record(context.Connection.RemoteIpAddress, status, rule, key);

    public void Record(IPAddress? address, int status, string rule, string? key)
    {
        _refused.Add(1, new KeyValuePair<string, object?>("status", status));
        LogRefused(status, rule, key ?? "-", ClientAddress.Text(address) ?? "-");
    }

    [LoggerMessage(1, LogLevel.Warning, "Refused with {Status}: {Rule}; key {Key}, from {Address}")]
    private partial void LogRefused(int status, string rule, string key, string address);
}
