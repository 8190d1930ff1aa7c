using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Vault.Evidence;
using Granary.Vault.Evidence.Forensics;
using Granary.Vault.Evidence.Scitt;
using Granary.Vault.Proofs;
using Granary.Vault.Storage;

namespace Granary.Cli.Commands.Evidence;

/// <summary>A command that writes a bundle into a new folder.</summary>
internal abstract class BundleCommand : VaultCommand
{
    private readonly Option<string> _output;
    private readonly Option<string?> _head;

    protected BundleCommand(string name, string description) : base(name, description)
    {
        _output = RequiredText("--output", "The folder to make; it must not exist");
        _head = With(new Option<string?>("--head") { Description = "A signed head that you kept, to go into the bundle", HelpName = "FILE" });
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var place = Place(run);
        if (!place.IsPsmc)
            place.Expect(psmc: false);
        using var reader = place.Read();
        var head = run.Get(_head) is { } file ? SignedHead.Read(OutsideFile.Read(file, "The signed head")) : null;
        var count = reader.Count(LogStream.Events);
        var files = await run.Tracker.RunAsync("Verifying", count, progress => CreateAsync(reader, head, run.Time.GetUtcNow(), progress, cancellation));
        var output = run.Get(_output)!;
        await EvidenceBundle.WriteFolderAsync(output, files, cancellation);
        return new Outcome(
            new JsonObject { ["success"] = true, ["output_path"] = output, ["event_count"] = count, ["file_count"] = files.Count },
            screen => screen.Fields(("Bundle", output), ("Events", $"{count:N0}"), ("Files", files.Count)));
    }

    protected abstract Task<IReadOnlyList<EvidenceFile>> CreateAsync(
        IVaultReader reader, SignedHead? head, DateTimeOffset time, IProgress<long> progress, CancellationToken cancellation);
}

/// <summary><c>export --format scitt-compat</c>.</summary>
internal sealed class ExportCommand : BundleCommand
{
    public ExportCommand() : base("export", "Writes the vault's SCITT statements as a bundle with proofs.") =>
        OneOf("--format", "The only one", "scitt-compat", "scitt-compat");

    protected override Task<IReadOnlyList<EvidenceFile>> CreateAsync(
        IVaultReader reader, SignedHead? head, DateTimeOffset time, IProgress<long> progress, CancellationToken cancellation) =>
        ScittExport.CreateAsync(reader, head, time, progress, cancellation);
}

/// <summary><c>forensic-export</c>.</summary>
internal sealed class ForensicExportCommand : BundleCommand
{
    public ForensicExportCommand()
        : base("forensic-export", "Writes the vault as evidence: log, identity, manifest, verification report, hashes. Private keys are never in it.") =>
        Switch("--include-raw", "Accepted for compatibility; the bundle holds the log as it is, and provara verify reads it");

    protected override Task<IReadOnlyList<EvidenceFile>> CreateAsync(
        IVaultReader reader, SignedHead? head, DateTimeOffset time, IProgress<long> progress, CancellationToken cancellation) =>
        ForensicBundle.CreateAsync(reader, new ForensicOptions { Head = head }, time, progress, cancellation);
}
