using System.CommandLine;
using Granary.Cli.Commands;
using Granary.Cli.Commands.Checks;
using Granary.Cli.Commands.Evidence;
using Granary.Cli.Commands.Proofs;
using Granary.Cli.Commands.Psmc;
using Granary.Cli.Commands.Sync;
using Granary.Cli.Commands.Tlog;
using Granary.Cli.Commands.Writing;
using Granary.Cli.Help;

namespace Granary.Cli;

/// <summary>All commands, in the order in which help lists them.</summary>
internal static class CommandTable
{
    public static IEnumerable<Command> All() =>
    [
        new InitCommand(),
        new InitCommand("bootstrap"),
        new AppendCommand(),
        new VerifyCommand(),
        new StatusCommand(),
        new QueryCommand(),
        new ReplayCommand(),
        new ReduceCommand(),
        new ManifestCommand(),
        new CheckpointCommand(),
        new BackupCommand(),
        new RestoreCommand(),
        HeadSignCommand.Group(),
        ProofInclusionCommand.Group(),
        TlogCheckpointCommand.Group(),
        new RedactCommand(),
        new ShredCommand(),
        new RotateCommand(),
        RekeyVerifyCommand.Group(),
        new SealCommand(),
        new RotateVaultCommand(),
        SyncGroups.Sync(),
        SyncGroups.Delta(),
        FenceIssueCommand.Group(),
        new TimestampCommand(),
        new TimestampEventCommand(),
        new VerifyTimestampsCommand(),
        ScittStatementCommand.Group(),
        new ExportCommand(),
        new ForensicExportCommand(),
        new VerifyAnchorCommand(),
        new MigrateCommand(),
        new MarketAlphaCommand(),
        new HedgeFundSimCommand(),
        new MessageKeyCommand(),
        new SendMessageCommand(),
        new ReadMessagesCommand(),
        new ResumeCommand(),
        new CheckSafetyCommand(),
        new WalletExportCommand(),
        new WalletImportCommand(),
        PluginsListCommand.Group(),
        PsmcCommand.Group(),
        new CompletionCommand(),
    ];
}
