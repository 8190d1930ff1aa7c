using System.CommandLine;
using Granary.Cli.Commands.Proofs;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Vault.Transparency;

namespace Granary.Cli.Commands.Tlog;

/// <summary><c>tlog verify</c>: checks a checkpoint or a tlog proof with the keys of log, tenant and witnesses.</summary>
internal sealed class TlogVerifyCommand : CliCommand
{
    private readonly Argument<string> _file;
    private readonly Option<string?> _log;
    private readonly TenantKeyOption _tenant;
    private readonly WitnessOptions _witnesses;
    private readonly Option<string?> _vault;
    private readonly Option<string?> _entry;

    public TlogVerifyCommand() : base("verify", "Checks a C2SP checkpoint or tlog proof; with --against, that a vault's log begins with it.")
    {
        _file = WithArgument("FILE", "A checkpoint, or a tlog proof");
        _log = With(TlogOptions.KeyOfLog());
        _tenant = new TenantKeyOption(With);
        _witnesses = new WitnessOptions(With);
        _vault = With(new Option<string?>("--against") { Description = "A vault's folder to compare with", HelpName = "PATH" });
        _entry = With(new Option<string?>("--entry") { Description = "For a proof without an event: the entry's hash, 64 hex digits", HelpName = "HASH" });
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var given = OutsideFile.Read(run.Get(_file), "The checkpoint or proof");
        var log = run.Get(_log) is { } key ? TlogOptions.Key(key, NoteKeyKind.Log) : null;
        if (log is null && !_tenant.Asks(run))
            throw new UsageException("Give the log's verifier key with --log VKEY, or its tenant's with --tenant-key VKEY, or both.");
        var problems = new List<string>();
        var proof = given.AsSpan().StartsWith("c2sp.org/tlog-proof@v1\n"u8) ? TlogProof.Read(given) : null;
        var note = proof?.Note ?? SignedNote.Read(given);
        var checkpoint = LogCheckpoint.Parse(note.Text);
        if (log is not null && checkpoint.Origin != log.Name)
            problems.Add($"The checkpoint is of the log {checkpoint.Origin}, and the key is that of {log.Name}.");
        if (log is not null && !note.IsSignedBy(log))
            problems.Add($"The checkpoint is not signed by the log {log.Name}.");
        problems.AddRange(_tenant.Problems(run, note));
        problems.AddRange(_witnesses.Problems(run, note));
        if (proof is not null && Problem(proof, run.Get(_entry)) is { } problem)
            problems.Add(problem);
        if (run.Get(_vault) is { } path)
            problems.AddRange(await AgainstAsync(VaultPlace.At(path), checkpoint, cancellation));
        var what = proof is null ? $"the checkpoint of {checkpoint.Size} entries" : $"entry {proof.Index} of the {checkpoint.Size} entries";
        return Verdicts.Show(problems, $"{what} of {checkpoint.Origin} holds{(run.Get(_vault) is null ? "." : ", and the vault's log begins with it.")}");
    }

    /// <summary>What a checkpoint says that a vault's log does not.</summary>
    internal static async Task<IReadOnlyList<string>> AgainstAsync(VaultPlace place, LogCheckpoint checkpoint, CancellationToken cancellation)
    {
        using var reader = place.Read();
        var proofs = new FolderProofs(place, reader);
        if (checkpoint.Size > proofs.Count)
            return [$"The log was cut: it holds {proofs.Count} events, and {checkpoint.Size} were signed."];
        return (await proofs.Trees.BuildAsync(checkpoint.Size, cancellation)).Root() == checkpoint.Root
            ? []
            : [$"The log was rewritten: its first {checkpoint.Size} events are not those that were signed."];
    }

    private static string? Problem(TlogProof proof, string? entry)
    {
        if (entry is null)
        {
            return proof.ToEventProof().Inclusion.IsValid ? null : "The path does not lead from the event to the checkpoint's root.";
        }
        if (entry.Length != 64 || entry.Any(c => !char.IsAsciiHexDigitLower(c)))
            throw new UsageException("--entry is an entry's hash: 64 lower-case hexadecimal digits.");
        return proof.Holds(entry) ? null : "The path does not lead from the entry to the checkpoint's root.";
    }
}
