using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Cli.Vaults;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Sync;

namespace Granary.Cli.Commands.Sync;

/// <summary><c>delta export</c> and <c>sync delta-export</c>.</summary>
internal sealed class DeltaExportCommand : VaultCommand
{
    private readonly Option<string?> _since;
    private readonly Option<string?> _output;

    public DeltaExportCommand(string name) : base(name, "Writes events with the vault's public keys as a bundle for another copy.")
    {
        _since = Text("--since", "Only events behind this one; all where the log has it not");
        _output = With(new Option<string?>("--output", "-o") { Description = "The bundle's file; standard output without it", HelpName = "FILE" });
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        using var reader = Place(run).Expect(psmc: false).Read();
        var keys = await reader.ReadDocumentAsync(KeyRegistry.FileName, cancellation);
        var registry = KeyRegistry.Read(keys.GetValueOrDefault().Span);
        var bundle = await DeltaBundle.ExportAsync(reader, registry, run.Get(_since), run.Time.GetUtcNow(), cancellation);
        var header = ConsoleJson.Read(bundle.AsSpan(0, bundle.AsSpan().IndexOf((byte)'\n')));
        var count = header["event_count"]!.GetValue<long>();
        if (run.Get(_output) is not { } file)
        {
            var text = System.Text.Encoding.UTF8.GetString(bundle);
            return new Outcome(new JsonObject { ["event_count"] = count, ["bundle"] = text }, screen => screen.Document(text.TrimEnd('\n')));
        }
        await File.WriteAllBytesAsync(file, bundle, cancellation);
        return new Outcome(new JsonObject { ["event_count"] = count, ["output"] = file }, screen => screen.Line($"{count} event(s) written to {file}"));
    }
}

/// <summary><c>delta import</c> and <c>sync delta-import</c>.</summary>
internal sealed class DeltaImportCommand : VaultCommand
{
    private readonly Argument<string> _file;
    private readonly ImportSwitches _switches;

    public DeltaImportCommand(string name)
        : base(name, "Takes a bundle's events in, verified; all of them or none. Keys in the bundle count for nothing by themselves.", takesMore: true)
    {
        _file = WithArgument("FILE", "The bundle");
        _switches = new ImportSwitches(this);
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var bundle = DeltaBundle.Read(OutsideFile.ReadBundle(run.Get(_file), "The bundle"));
        return await _switches.ImportAsync(Place(run), bundle.Lines, bundle.Keys, run, cancellation);
    }
}

/// <summary>The groups <c>sync</c> and <c>delta</c>.</summary>
internal static class SyncGroups
{
    public static Command Sync() => new("sync", "Copies of one vault brought together.")
    {
        new MergeCommand(), new DeltaExportCommand("delta-export"), new DeltaImportCommand("delta-import"), new CheckForksCommand(),
    };

    public static Command Delta() => new("delta", "Events handed over as a bundle.") { new DeltaExportCommand("export"), new DeltaImportCommand("import") };
}
