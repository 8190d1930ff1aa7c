using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.Logs;

/// <summary><c>manage_logs</c>.</summary>
internal static class LogsRouter
{
    public static InstanaToolDefinition Definition { get; } = new()
    {
        Name = "manage_logs",
        Title = "Instana logs",
        Category = "log",
        Description = "Search logs of a period by tags such as log.level, log.message, service.name or kubernetes.pod.name.",
        DefaultOperation = "search",
        Operations =
        [
            Ask(
                "search", "/api/logging/logs/getLogs/v1", "Log entries of a period",
                Texts("requested_tags", "Tags to return") with { MaxItems = 10, DefaultJson = """["log.timestamp","log.level","log.message"]""" },
                TagFilter with { Example = """{"type":"TAG_FILTER","name":"log.level","operator":"EQUALS","entity":"NOT_APPLICABLE","value":"ERROR"}""" },
                Whole("retrieval_size", "Entries to return", 1, 200, 10), Whole("offset", "From this one on", 0, 2000, 0),
                Choice("order_direction", "DESC or ASC", ["DESC", "ASC"]) with { DefaultJson = "\"DESC\"" }) with
            {
                Result = ResultShape.Cursor, Period = new PeriodRule(PeriodStyle.Config, 60, 31), Permission = "canViewLogs",
            },
        ],
    };
}
