using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Vault.Psmc;
using Granary.Vault.Storage;

namespace Granary.Cli.Commands.Psmc;

/// <summary><c>psmc show</c>.</summary>
internal sealed class PsmcShow : PsmcCommand
{
    private const int PreviewLength = 80;

    private readonly Option<int?> _last;
    private readonly Option<string?> _type;

    public PsmcShow() : base("show", "Lists events, oldest first.")
    {
        _last = With(new Option<int?>("--last") { Description = "Only the last N", HelpName = "N" });
        _type = Text("--type", "Only this type");
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        using var reader = Place(run).Expect(psmc: true).Read();
        var query = new PsmcTimelineQuery(run.Get(_type), null, null, run.Get(_last));
        var (lines, truncated) = await PsmcTimeline.QueryAsync(reader, reader.Count(LogStream.Events), query, cancellation);
        if (truncated)
            run.Warn($"Older events were left out: an answer holds at most {PsmcTimeline.MaxAnswerBytes >> 20} MiB. Ask for fewer with --last.");
        var events = new JsonArray([.. lines.Select(line => (JsonNode?)JsonText.Read(line.Span))]);
        return new Outcome(new JsonObject { ["events"] = events, ["truncated"] = truncated }, screen =>
        {
            foreach (var one in events)
                screen.Line(Preview(one!));
        });
    }

    private static string Preview(JsonNode one)
    {
        var data = one["data"]?.ToJsonString(JsonText.Compact) ?? "";
        var shown = data.Length <= PreviewLength ? data : data[..PreviewLength] + "...";
        return $"[{one["seq"],4}] {one["timestamp"]}  {one["type"],-12}  {shown}";
    }
}
