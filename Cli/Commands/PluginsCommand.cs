using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;

namespace Granary.Cli.Commands;

/// <summary><c>plugins list</c>: says that there are none. The reference loads Python packages here; this command has no plug-ins.</summary>
internal sealed class PluginsListCommand() : CliCommand("list", "Lists plug-ins: this command has none, the reference's are Python packages.")
{
    public static Command Group() => new("plugins", "Plug-ins of the reference, which this command does not load.") { new PluginsListCommand() };

    public override Task<Outcome> RunAsync(Run run, CancellationToken cancellation) => Task.FromResult(new Outcome(
        new JsonObject { ["plugins"] = new JsonArray() },
        screen => screen.Line("No plug-ins: this command loads none. Custom event types need none either: provara append --type com.example.your_type.")));
}
