using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Cli.Commands.Tlog;
using Granary.Cli.Hosting;
using Granary.Cli.Remote;
using Granary.Cli.Vaults;
using Granary.Cli.Verification;
using Granary.Vault.Evidence.Stamps;
using Granary.Vault.Proofs;
using Granary.Vault.Verification.Reports;

namespace Granary.Cli.Commands.Checks;

/// <summary><c>verify</c>: every event, id, link, signature, key and file of a vault, on one screen.</summary>
internal sealed class VerifyCommand : ReachableCommand
{
    private readonly Option<string> _mode;
    private readonly Option<string?> _head;
    private readonly Option<string?> _key;
    private readonly Option<bool> _verbose;
    private readonly Option<bool> _redacted;
    private readonly Option<bool> _predecessors;
    private readonly TenantKeyOption _tenant;
    private readonly WitnessOptions _witnesses;
    private readonly Option<string?> _checkpoint;
    private readonly Option<string?> _stamps;
    private readonly Option<string?> _trust;
    private readonly Option<string[]> _blocks;

    public VerifyCommand() : base("verify", "Verifies a vault of either format; exit code 1 when it is not valid.")
    {
        _mode = OneOf("--mode", "strict: all that can be demanded; compatible: what the reference's checkers demand", "strict", "strict", "compatible");
        _head = With(new Option<string?>("--head") { Description = "A signed head that you kept: a cut or rewritten log shows", HelpName = "FILE" });
        _key = With(new Option<string?>("--public-key")
        {
            Description = "A key you trust: Base64, a PEM file, or a file like identity/keys.json; exchanged keys show",
            HelpName = "KEY",
        });
        _verbose = With(new Option<bool>("--verbose", "-v") { Description = "List every finding" });
        _redacted = Switch("--show-redacted", "List redacted and shredded events");
        _predecessors = Switch("--follow-predecessors", "Verify the sealed vaults beside this one that it continues, too");
        _tenant = new TenantKeyOption(With);
        _witnesses = new WitnessOptions(With);
        _checkpoint = With(new Option<string?>("--checkpoint")
        {
            Description = "With --witness or --tenant-key: the checkpoint that they signed, from a gateway; the file .NAME.checkpoint beside the vault without it",
            HelpName = "FILE",
        });
        _stamps = With(new Option<string?>("--stamps")
        {
            Description = "Stamps of the log by authorities outside, from a gateway; the file .NAME.stamps.json beside the vault without it, where there is one",
            HelpName = "FILE",
        });
        _trust = With(new Option<string?>("--trust")
        {
            Description = "A PEM file with the certificates of the authorities, and the public keys of the Rekor logs, whose stamps count; without it nothing says whose they are",
            HelpName = "FILE",
        });
        _blocks = With(new Option<string[]>("--block")
        {
            Description = "A Bitcoin block's height and its Merkle root, from a node that you trust: proofs of OpenTimestamps must lead to it",
            HelpName = "HEIGHT=ROOT",
        });
        Switch("--pipeline", "Accepted for compatibility: all checks are one pass here");
    }

    protected override async Task<Outcome> RunAsync(VaultPlace place, Run run, CancellationToken cancellation)
    {
        if (!Directory.Exists(place.Folder))
            place.Expect(psmc: false);
        var keys = run.Get(_key) is { } given ? PublicKeys.Read(given) : null;
        var options = new CheckOptions
        {
            Mode = run.Get(_mode) == "strict" ? VerificationMode.Strict : VerificationMode.Compatible,
            Head = run.Get(_head) is { } file ? SignedHead.Read(OutsideFile.Read(file, "The signed head")) : null,
            TrustedKeys = keys?.All ?? [],
            Stamps = Stamps(place, run),
            Trust = run.Get(_trust) is { } trusted ? TrustFile.Read(trusted) : null,
            BitcoinBlocks = Blocks(run),
            Verbose = run.Get(_verbose),
        };
        var result = await FolderCheck.RunAsync(place, run, options, cancellation);
        if (run.Get(_redacted))
            result = await RedactedEvents.AddAsync(result, place, cancellation);
        if (run.Get(_predecessors))
            result = await Predecessors.AddAsync(result, place, run, options with { Head = null, Stamps = [] }, cancellation);
        if (_witnesses.Asks(run) || _tenant.Asks(run))
            result = await DemandedCheckpoint.AddAsync(result, place, run, run.Get(_checkpoint), _tenant, _witnesses, cancellation);
        else if (run.Has(_checkpoint))
            throw new UsageException("--checkpoint goes with --witness or --tenant-key; without them use provara tlog verify CHECKPOINT --log VKEY --against PATH.");
        return result.ToOutcome();
    }

    protected override async Task<Outcome> RunAsync(RemoteVault remote, Run run, CancellationToken cancellation)
    {
        if (run.Has(_head) || run.Has(_key) || run.Get(_redacted) || run.Get(_predecessors) || _witnesses.Asks(run) || _tenant.Asks(run) || run.Has(_stamps) || run.Has(_trust) || run.Has(_blocks))
            throw new UsageException(
                "--head, --public-key, --tenant-key, --witness, --stamps, --trust, --block, --show-redacted and --follow-predecessors work on a folder: get one with provara backup --gateway URL.");
        var answer = await remote.CallAsync("verify_vault", new JsonObject { ["mode"] = run.Get(_mode) }, cancellation);
        var valid = answer["valid"]?.GetValue<bool>() ?? answer["overall"]?.ToString() == "pass";
        return new Outcome(answer, screen =>
        {
            foreach (var check in answer["checks"] as JsonArray ?? [])
                screen.Line(ReportText.Line(new CheckSummary(Text(check, "name"), Text(check, "summary"), Number(check, "errors"), Number(check, "warnings"))));
            foreach (var finding in (answer["findings"] as JsonArray ?? []).Take(10))
                screen.Line($"  {finding?["severity"]} {finding?["position"] ?? "vault"} {finding?["rule"]}: {finding?["reason"]}");
            screen.Verdict(
                valid, $"the gateway's verification of {answer["event_count"]} events says so; verify a copy yourself with provara backup --gateway URL.");
        }, valid ? 0 : 1);
    }

    private IReadOnlyList<HeadStamp> Stamps(VaultPlace place, Run run)
    {
        var file = run.Get(_stamps) ?? (File.Exists(place.StampsFile) ? place.StampsFile : null);
        if (file is null && run.Has(_trust))
            throw new UsageException("--trust goes with --stamps; for timestamps of single events use provara verify-timestamps --trust FILE.");
        return file is null ? [] : HeadStamps.Read(OutsideFile.Read(file, "The file of stamps"));
    }

    private Dictionary<long, string> Blocks(Run run)
    {
        var blocks = new Dictionary<long, string>();
        foreach (var text in run.Get(_blocks) ?? [])
        {
            if (text.Split('=') is not [var height, var root] || !long.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || root.Length != 64 || !root.All(char.IsAsciiHexDigit))
                throw new UsageException($"--block takes HEIGHT=ROOT, for example 358391=<64 hexadecimal digits>; it is '{text}'.");
            blocks[number] = root;
        }
        return blocks;
    }

    private static string Text(JsonNode? check, string name) => check?[name]?.ToString() ?? "";

    private static long Number(JsonNode? check, string name) => check?[name]?.GetValue<long>() ?? 0;
}
