using Granary.Scenarios.Clients;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Checks;

/// <summary>Reads a whole vault back through the one endpoint.</summary>
internal static class VaultReader
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    /// <summary>Reads it.</summary>
    /// <exception cref="ScenarioException">It cannot be read.</exception>
    public static async Task<VaultView> ReadAsync(Agent agent, string vault, CancellationToken cancellation)
    {
        var report = await AskAsync(agent, "verify_chain", $$"""{"vault_path":"{{vault}}"}""", cancellation);
        var events = new SortedDictionary<long, StoredEvent>();
        string? until = null;
        for (var more = true; more;)
        {
            var before = events.Count;
            var end = until is null ? "" : $",\"end_time\":\"{until}\"";
            var page = (await AskAsync(agent, "query_timeline", $$"""{"vault_path":"{{vault}}"{{end}}}""", cancellation)).Content;
            foreach (var json in page.GetProperty("events").EnumerateArray())
            {
                var stored = StoredEvent.Read(json);
                if (events.TryGetValue(stored.Position, out var same) && same != stored)
                    throw new ScenarioException($"{vault} has two events at position {stored.Position}.");
                events[stored.Position] = stored;
            }
            // An answer holds 4 MiB; older events come with the next one.
            more = page.GetProperty("truncated").GetBoolean() && events.Count > before;
            until = more ? page.GetProperty("events")[0].GetProperty("timestamp").GetString() : null;
        }
        var content = report.Content;
        return new VaultView(
            vault, [.. events.Values], content.GetProperty("valid").GetBoolean(),
            content.GetProperty("event_count").GetInt64(), content.GetProperty("head").GetString()!);
    }

    private static async Task<Answer> AskAsync(Agent agent, string tool, string arguments, CancellationToken cancellation)
    {
        var answer = await agent.CallAsync(tool, arguments, Limit, cancellation);
        return answer.Kind == AnswerKind.Success ? answer : throw new ScenarioException($"{tool} {arguments}: {answer}");
    }
}
