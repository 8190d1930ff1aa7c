using System.CommandLine;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Vault.Psmc.Events;

namespace Granary.Cli.Commands.Psmc;

/// <summary><c>psmc append</c>.</summary>
internal sealed class PsmcAppendCommand : PsmcCommand
{
    private readonly Option<string> _type;
    private readonly Option<string> _data;
    private readonly Option<string[]> _tags;
    private readonly Option<bool> _bridge;

    public PsmcAppendCommand() : base("append", "Appends an event.")
    {
        _type = RequiredText("--type", "For example note, decision, belief, correction");
        _data = RequiredText("--data", "A JSON object, @file or @- for standard input");
        _tags = With(new Option<string[]>("--tags") { Description = "Labels", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] });
        _bridge = Switch("--provara", "Write a Provara event too, to events/provara.ndjson");
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var data = await JsonArgument.ReadAsync(run.Get(_data)!, cancellation);
        var prepared = PreparedEvent.Append(run.Get(_type)!, data, run.Get(_tags), run.Get(_bridge));
        await using var writer = await FolderPsmcWriter.OpenAsync(Place(run), run.Time, cancellation);
        var written = await writer.AppendAsync(prepared, cancellation);
        return new Outcome(written.ToJson(), screen => screen.Line(written.ToString()));
    }
}
