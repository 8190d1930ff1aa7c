using System.Text;
using Granary.Tenants;

namespace Granary.Gateway.Resources.Vaults;

/// <summary><c>vault://{name}/events</c>: the last events as they are stored, one per line, oldest first.</summary>
internal sealed class EventsResource(ITenants tenants) : VaultResource(
    tenants,
    "events",
    "Last events of a vault",
    "The last 100 events of a vault, at most 1 MiB of them, one per line as stored, oldest first. query_timeline finds older ones. Percent-encode '/' in the name.",
    "application/x-ndjson")
{
    private const int MaxEvents = 100;
    private const int MaxBytes = 1024 * 1024;

    protected override async Task<string> ReadAsync(IVault vault, CancellationToken cancellation)
    {
        var events = (await vault.QueryTimelineAsync(new TimelineQuery { Limit = MaxEvents }, cancellation)).Events;
        var first = events.Count;
        for (var bytes = 0; first > 0; first--)
        {
            bytes += events[first - 1].Length + 1;
            // The newest is there however large it is.
            if (bytes > MaxBytes && first < events.Count)
                break;
        }
        var text = new StringBuilder();
        foreach (var stored in events.Skip(first))
            text.Append(Encoding.UTF8.GetString(stored.Span)).Append('\n');
        return text.ToString();
    }
}
