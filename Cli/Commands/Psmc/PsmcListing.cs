using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Vault.Psmc;
using Granary.Vault.Storage;

namespace Granary.Cli.Commands.Psmc;

/// <summary>A command that lists events, oldest first.</summary>
internal abstract class PsmcListing(string name, string description) : PsmcCommand(name, description)
{
    private const int PreviewLength = 80;

    /// <summary>Lists the events of a query.</summary>
    /// <param name="run">The run.</param>
    /// <param name="query">Which events.</param>
    /// <param name="takes">Which of these.</param>
    /// <param name="limit">At most so many of those, the last ones.</param>
    /// <param name="cancellation">Ends it early.</param>
    protected static async Task<Outcome> ListAsync(Run run, PsmcTimelineQuery query, Func<JsonNode, bool> takes, int limit, CancellationToken cancellation)
    {
        using var reader = Place(run).Expect(psmc: true).Read();
        var (lines, truncated) = await PsmcTimeline.QueryAsync(reader, reader.Count(LogStream.Events), query, cancellation);
        if (truncated)
            run.Warn($"Older events were left out: an answer holds at most {PsmcTimeline.MaxAnswerBytes >> 20} MiB. Ask for fewer.");
        var events = new JsonArray([.. lines.Select(line => ConsoleJson.Read(line.Span)).Where(takes).TakeLast(limit)]);
        return new Outcome(new JsonObject { ["events"] = events, ["truncated"] = truncated }, screen =>
        {
            foreach (var one in events)
                screen.Line(Preview(one!));
        });
    }

    // Never half of a character.
    private static int WholeLength(string data) => char.IsHighSurrogate(data[PreviewLength - 1]) ? PreviewLength - 1 : PreviewLength;

    private static string Preview(JsonNode one)
    {
        var data = one["data"] is { } given ? ConsoleJson.WriteLine(given) : "";
        var shown = data.Length <= PreviewLength ? data : data[..WholeLength(data)] + "...";
        return $"[{one["seq"],4}] {one["timestamp"]}  {one["type"],-12}  {shown}";
    }
}
