using System.CommandLine;
using Granary.Cli.Commands.Proofs;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Sync;

namespace Granary.Cli.Commands.Sync;

/// <summary><c>fence issue</c>: a signed statement of how far its issuer has seen the log.</summary>
internal sealed class FenceIssueCommand : WritingCommand
{
    private readonly Option<string?> _out;

    public FenceIssueCommand() : base("issue", "Signs a fencing token: its issuer has seen the log up to its last event.") =>
        _out = With(new Option<string?>("--out", "-o") { Description = "Write it to this file instead of printing it", HelpName = "FILE" });

    public static Command Group() => new("fence", "Fencing tokens, which tell a writer that has seen the whole log from one that has not.")
    {
        new FenceIssueCommand(), new FenceCheckCommand(),
    };

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        await using var writer = await OpenAsync(run, cancellation);
        var last = writer.Vault.Chains.LastEventId ?? throw new CliFailure("There is nothing to see yet", "the log has no events", "append one");
        var token = FencingToken.Issue(writer.Vault.Signer, last, writer.Now);
        return await Documents.ShowAsync(token, run.Get(_out), cancellation);
    }
}

/// <summary><c>fence check</c>.</summary>
internal sealed class FenceCheckCommand : VaultCommand
{
    private readonly Argument<string> _token;
    private readonly Option<bool> _any;
    private readonly Option<double?> _maxAge;

    public FenceCheckCommand() : base("check", "Checks a fencing token: signed by a key of the vault, and the log has not gone on since.", takesMore: true)
    {
        _token = WithArgument("TOKEN", "The token's file");
        _any = Switch("--any-event", "Take a token for any event of the log, as the reference does");
        _maxAge = With(NumberOption.Optional<double>("--max-age", "How old it may be, in seconds", "SECONDS"));
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var token = OutsideFile.Read(run.Get(_token), "The token");
        using var reader = Place(run).Expect(psmc: false).Read();
        var keys = await reader.ReadDocumentAsync(KeyRegistry.FileName, cancellation);
        var registry = KeyRegistry.Read(keys.GetValueOrDefault().Span);
        var (last, named, wanted) = ((string?)null, false, FencingToken.EventOf(token));
        await foreach (var line in EventLines.ReadAsync(reader, null, cancellation))
        {
            if (line.Parse()?["event_id"]?.ToString() is not { } id)
                continue;
            last = id;
            named |= id == wanted;
        }
        var rules = new FencingRules
        {
            LatestEventId = run.Get(_any) ? null : last,
            MaxAge = run.Get(_maxAge) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
        var problem = FencingToken.FindProblem(
            token, id => registry.Find(id) is { IsActive: true, HasOwnId: true } key ? key.Key : null, _ => named, run.Time.GetUtcNow(), rules);
        return Verdicts.Show(problem is null ? [] : [problem], $"the token's issuer has seen the log up to {wanted}.");
    }
}
