using System.CommandLine;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;

namespace Granary.Cli.Commands.Psmc;

/// <summary>The commands below <c>provara psmc</c>, which share <c>--vault</c>.</summary>
internal abstract class PsmcCommand(string name, string description) : CliCommand(name, description)
{
    private static readonly Option<string> Vault = new("--vault")
    {
        Description = "The vault's folder",
        HelpName = "PATH",
        Recursive = true,
        DefaultValueFactory = _ => "./vault",
    };

    /// <summary>The group.</summary>
    public static Command Group()
    {
        var group = new Command("psmc", "Vaults in the PSMC format, which the MCP tools of the reference write.");
        group.Options.Add(Vault);
        foreach (var command in (CliCommand[])
            [
                new PsmcInit(), new PsmcAppendCommand(), new PsmcVerify(), new PsmcShow(), new PsmcQuery(), new PsmcDigestCommand(),
                new PsmcExportCommand(), new PsmcState(), new PsmcSyncCommand(), new PsmcCheckpoint(), new PsmcRotateKey(), new PsmcSeed(),
            ])
            group.Subcommands.Add(command);
        return group;
    }

    protected static VaultPlace Place(Run run) => VaultPlace.At(run.Get(Vault)!);
}
