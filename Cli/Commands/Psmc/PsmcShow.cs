using System.CommandLine;
using Granary.Cli.Hosting;
using Granary.Vault.Psmc;

namespace Granary.Cli.Commands.Psmc;

/// <summary><c>psmc show</c>.</summary>
internal sealed class PsmcShow : PsmcListing
{
    private readonly Option<int?> _last;
    private readonly Option<string?> _type;

    public PsmcShow() : base("show", "Lists events, oldest first.")
    {
        _last = With(NumberOption.Optional<int>("--last", "Only the last N", "N", atLeast: 1));
        _type = Text("--type", "Only this type");
    }

    public override Task<Outcome> RunAsync(Run run, CancellationToken cancellation) =>
        ListAsync(run, new PsmcTimelineQuery(run.Get(_type), null, null, run.Get(_last)), _ => true, int.MaxValue, cancellation);
}
