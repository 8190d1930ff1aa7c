using System.Globalization;
using System.Text.RegularExpressions;
using Granary.Gateway.Access;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools.Vaults;

/// <summary><c>query_timeline</c>: the events that match, oldest first, as they are stored.</summary>
internal sealed partial class QueryTimelineTool(VaultAccess access) : VaultTool(access)
{
    public override Tool Definition { get; } = ToolDefinition.Create(
        "query_timeline",
        "Query timeline",
        "Read a vault's events, oldest first, filtered by type and time. limit returns the last so many; 0 or null returns all that fit one answer (4 MiB, the newest).",
        $$"""
        {"type":"object","properties":{
          {{VaultArgument.VaultPath.Properties}},
          "event_type":{"anyOf":[{"type":"string"},{"type":"null"}],"default":null},
          "start_time":{"anyOf":[{"type":"string"},{"type":"null"}],"default":null,"description":"ISO 8601, inclusive; UTC where no offset is given"},
          "end_time":{"anyOf":[{"type":"string"},{"type":"null"}],"default":null,"description":"ISO 8601, inclusive; UTC where no offset is given"},
          "limit":{"anyOf":[{"type":"integer","minimum":0,"maximum":1000000},{"type":"null"}],"default":null}
        },"required":["vault_path"]}
        """,
        """
        {"type":"object","properties":{
          "events":{"type":"array","items":{"type":"object"}},
          "truncated":{"type":"boolean","description":"True when older events matched too but did not fit one answer"}
        },"required":["events","truncated"]}
        """,
        ToolEffect.Reads.ToAnnotations());

    public override string? Scope => Scopes.VaultRead;

    protected override async ValueTask<ToolResult> CallAsync(ToolCall call, IVault vault, VaultName name)
    {
        if (!TryTime(call, "start_time", out var start, out var problem) || !TryTime(call, "end_time", out var end, out problem))
            return ToolResult.Error(problem!);
        var timeline = await vault.QueryTimelineAsync(
            new TimelineQuery
            {
                EventType = Text(call, "event_type"),
                Start = start,
                End = end,
                Limit = (int?)Optional(call, "limit")?.GetDouble(),
            },
            call.Cancellation);
        return ToolResult.Object(json =>
        {
            json.WriteStartArray("events");
            foreach (var stored in timeline.Events)
                json.WriteRawValue(stored.Span, skipInputValidation: true);
            json.WriteEndArray();
            json.WriteBoolean("truncated", timeline.Truncated);
        });
    }

    private static bool TryTime(ToolCall call, string name, out DateTimeOffset? time, out string? problem)
    {
        time = null;
        problem = null;
        if (Text(call, name) is not { } text)
            return true;
        if (IsoPattern().IsMatch(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
        {
            time = parsed;
            return true;
        }
        problem = $"Invalid isoformat string: '{(text.Length <= 64 ? text : text[..64])}'. {name} is an ISO 8601 time such as 2026-11-22T09:00:00Z.";
        return false;
    }

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex IsoPattern();
}
