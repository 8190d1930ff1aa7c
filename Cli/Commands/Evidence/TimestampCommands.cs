using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Vault.Evidence.Timestamps;

namespace Granary.Cli.Commands.Evidence;

/// <summary>The timestamp authority a command line names. No authority is contacted by default.</summary>
internal sealed class Authority(HttpClient client, HttpTimestampAuthority authority) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public ITimestampAuthority Ask => authority;

    public static Authority Open(Run run, string? url, string option)
    {
        if (url is null)
        {
            throw new CliFailure(
                "No timestamp authority was named", "this command contacts no authority by default",
                $"name one with {option} URL, for example {option} https://freetsa.org/tsr", "provara timestamp --help");
        }
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new UsageException($"{option} takes an http or https URL; it is '{url}'.");
        var client = new HttpClient(run.Host.Http()) { Timeout = Patience };
        return new Authority(client, new HttpTimestampAuthority(client, address));
    }

    public void Dispose() => client.Dispose();
}

/// <summary><c>timestamp</c>: an authority's word for the state, kept as an event.</summary>
internal sealed class TimestampCommand : WritingCommand
{
    private readonly Option<string?> _tsa;

    public TimestampCommand() : base("timestamp", "Has the belief state timestamped by an RFC 3161 authority and keeps the token as an event.")
    {
        _tsa = With(new Option<string?>("--tsa") { Description = "The authority; nobody is asked without it", HelpName = "URL" });
        TextOr("--actor", "Accepted for compatibility; the chain is timestamp_authority", "timestamp_authority");
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        using var authority = Authority.Open(run, run.Get(_tsa), "--tsa");
        await using var writer = await OpenAsync(run, cancellation);
        using var state = await FolderState.ReplayAsync(writer.Vault.Log, psmc: false, run, cancellation);
        var anchor = await StateAnchor.RequestAsync(state.State.StateHash(), authority.Ask, cancellation);
        if (anchor.Problem() is { } problem)
            throw new CliFailure("The authority's token does not hold", problem, "use another authority; nothing was written");
        var built = await writer.AppendAsync(anchor.ToEvent(), cancellation);
        return Done(built.EventId, "Recorded the timestamp", new JsonObject { ["state_hash"] = anchor.StateHash, ["tsa_url"] = anchor.Authority });
    }
}

/// <summary><c>timestamp-event</c>: an authority's word for one event, kept as a file of the vault.</summary>
internal sealed class TimestampEventCommand : WritingCommand
{
    private readonly Argument<string> _event;
    private readonly Option<string?> _tsa;

    public TimestampEventCommand() : base("timestamp-event", "Has an event timestamped by an RFC 3161 authority and keeps the token in timestamps/.", takesMore: true)
    {
        _event = WithArgument("EVENT_ID", "The event");
        _tsa = With(new Option<string?>("--tsa-url") { Description = "The authority; nobody is asked without it", HelpName = "URL" });
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        using var authority = Authority.Open(run, run.Get(_tsa), "--tsa-url");
        if (!HasKey(run))
            return await KeepBesideAsync(run, authority, cancellation);
        await using var writer = await OpenAsync(run, cancellation);
        var token = await EventTimestamps.RequestAsync(writer.Vault.Log, run.Get(_event), authority.Ask, cancellation);
        await writer.AddAsync(token.Name, token.Content, cancellation);
        return new Outcome(
            new JsonObject { ["event_id"] = run.Get(_event), ["token"] = token.Name },
            screen => screen.Line($"Timestamp stored for {run.Get(_event)}: {token.Name}"));
    }

    // A signed manifest takes no further file without the vault's key, and a token needs no signature but its authority's: it is kept beside the vault.
    private async Task<Outcome> KeepBesideAsync(Run run, Authority authority, CancellationToken cancellation)
    {
        var place = Place(run).Expect(psmc: false);
        using var reader = place.Read();
        var token = await EventTimestamps.RequestAsync(reader, run.Get(_event), authority.Ask, cancellation);
        var path = Path.Combine(place.TimestampsFolder, Path.GetFileName(token.Name));
        Directory.CreateDirectory(place.TimestampsFolder);
        await File.WriteAllBytesAsync(path, token.Content, cancellation);
        return new Outcome(
            new JsonObject { ["event_id"] = run.Get(_event), ["token"] = path },
            screen => screen.Line($"Timestamp stored for {run.Get(_event)}: {path}, beside the vault; with --keyfile FILE it goes into it."));
    }
}
