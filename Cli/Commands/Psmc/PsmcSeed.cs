using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Vault.Psmc.Events;

namespace Granary.Cli.Commands.Psmc;

/// <summary><c>psmc seed</c>.</summary>
internal sealed class PsmcSeed() : PsmcCommand("seed", "Appends six sample events, to have something to look at.")
{
    private static readonly (string Type, string Data)[] Samples =
    [
        ("identity", """{"name":"Example owner","description":"The person or agent this memory belongs to"}"""),
        ("decision", """{"title":"Keep a signed memory","reason":"What was decided stays provable","confidence":0.9}"""),
        ("belief", """{"subject":"backups","content":"A copy elsewhere survives a lost disk","confidence":0.8}"""),
        ("milestone", """{"title":"First entry","description":"The vault holds its first events"}"""),
        ("reflection", """{"subject":"habits","content":"Short entries get written, long ones get postponed","confidence":0.6}"""),
        ("note", """{"title":"What to try next","content":"provara psmc verify, then provara psmc digest"}"""),
    ];

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        await using var writer = await FolderPsmcWriter.OpenAsync(Place(run), run.Time, cancellation);
        var written = new List<Appended>();
        foreach (var (type, data) in Samples)
            written.Add(await writer.AppendAsync(PreparedEvent.Append(type, System.Text.Encoding.UTF8.GetBytes(data)), cancellation));
        return new Outcome(new JsonObject { ["events"] = new JsonArray([.. written.Select(one => (JsonNode)one.ToJson())]) }, screen =>
        {
            foreach (var one in written)
                screen.Line(one.ToString());
            screen.Line($"{written.Count} sample events appended.");
        });
    }
}
