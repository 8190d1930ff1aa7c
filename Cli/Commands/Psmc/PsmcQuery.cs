using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Vault.Psmc;

namespace Granary.Cli.Commands.Psmc;

/// <summary><c>psmc query</c>, of the reference's version 1.1. It reads the log and keeps no index.</summary>
internal sealed class PsmcQuery : PsmcListing
{
    private readonly Option<string?> _type;
    private readonly Option<string?> _since;
    private readonly Option<string?> _until;
    private readonly Option<string[]> _tags;
    private readonly Option<int?> _limit;

    public PsmcQuery() : base("query", "Finds events by type, time and tags; all that is given must hold.")
    {
        _type = Text("--type", "Only this type");
        _since = Text("--since", "Not before this time, inclusive, for example 2026-01-05; UTC where no offset is given");
        _until = Text("--until", "Not after this time, inclusive");
        _tags = With(new Option<string[]>("--tags")
        {
            Description = "Only events that have all of these labels",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "TAG",
        });
        _limit = With(NumberOption.Optional<int>("--limit", "At most so many, the last ones", "N", atLeast: 1));
    }

    public override Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var tags = run.Get(_tags) ?? [];
        var query = new PsmcTimelineQuery(run.Get(_type), Time(run, _since), Time(run, _until), tags.Length == 0 ? run.Get(_limit) : null);
        return ListAsync(run, query, one => HasAll(one, tags), run.Get(_limit) ?? int.MaxValue, cancellation);
    }

    private static DateTimeOffset? Time(Run run, Option<string?> option)
    {
        if (run.Get(option) is not { } text)
            return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new UsageException($"{option.Name} takes a time in ISO 8601, for example 2026-01-05T09:00:00+00:00; it is '{text}'.");
    }

    private static bool HasAll(JsonNode one, string[] tags)
    {
        var has = (one["tags"] as JsonArray ?? []).Select(tag => tag?.ToString()).ToHashSet(StringComparer.Ordinal);
        return Array.TrueForAll(tags, has.Contains);
    }
}
