using System.CommandLine;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Cli.Remote;
using Granary.Cli.Vaults;
using Granary.Vault.Proofs;

namespace Granary.Cli.Commands.Proofs;

/// <summary><c>head sign</c>: a signed head of the log, to keep outside the vault.</summary>
internal sealed class HeadSignCommand : ReachableCommand
{
    private readonly Option<string?> _keyFile;
    private readonly Option<string?> _keyId;
    private readonly Option<string?> _name;
    private readonly Option<string?> _out;

    public HeadSignCommand() : base("sign", "Signs where a vault's log stands; kept elsewhere, it shows when the log is cut or rewritten.")
    {
        _keyFile = With(KeyFiles.Option());
        _keyId = Text("--key-id", "Which key of the file; the first one without it");
        _name = Text("--name", "The vault's name in the record; the folder's without it");
        _out = With(new Option<string?>("--out", "-o") { Description = "Write it to this file instead of printing it", HelpName = "FILE" });
    }

    public static Command Group() => new("head", "Signed heads: records of where a log stood, kept outside the vault.")
    {
        new HeadSignCommand(), new HeadVerifyCommand(),
    };

    protected override async Task<Outcome> RunAsync(VaultPlace place, Run run, CancellationToken cancellation)
    {
        using var reader = place.Read();
        using var key = Signer.Read(place, run.Get(_keyFile), run.Get(_keyId));
        var proofs = new FolderProofs(place, reader);
        var head = await proofs.SignAsync(run.Get(_name) ?? Path.GetFileName(place.Folder), proofs.Count, key, run.Time, cancellation);
        return await Documents.ShowAsync(head.Write(), run.Get(_out), cancellation);
    }

    protected override async Task<Outcome> RunAsync(RemoteVault remote, Run run, CancellationToken cancellation)
    {
        var answer = await remote.CallAsync("get_signed_head", null, cancellation);
        return await Documents.ShowAsync(ConsoleJson.Bytes(answer["signed_head"]!), run.Get(_out), cancellation);
    }
}

/// <summary><c>head verify</c>.</summary>
internal sealed class HeadVerifyCommand : CliCommand
{
    private readonly Argument<string> _head;
    private readonly Option<string> _key;
    private readonly Option<string?> _vault;

    public HeadVerifyCommand() : base("verify", "Checks a signed head with a public key and, with --against, that a vault's log still has it as its beginning.")
    {
        _head = WithArgument("HEAD", "The file that provara head sign wrote");
        _key = With(PublicKeys.Option());
        _vault = With(new Option<string?>("--against") { Description = "A vault's folder to compare with", HelpName = "PATH" });
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var head = SignedHead.Read(OutsideFile.Read(run.Get(_head), "The signed head"));
        var keys = PublicKeys.Read(run.Get(_key)!);
        var problems = new List<string>();
        if (!head.IsSignedBy(keys.For(head.KeyId)))
            problems.Add($"It is not signed by the key {keys.For(head.KeyId).KeyId}.");
        if (run.Get(_vault) is { } path)
            await CompareAsync(VaultPlace.At(path), head, problems, cancellation);
        return Verdicts.Show(
            problems,
            $"the head at {head.Count} events is signed by {head.KeyId}"
                + (run.Get(_vault) is null ? "." : ", and the log begins with what was signed."));
    }

    private static async Task CompareAsync(VaultPlace place, SignedHead head, List<string> problems, CancellationToken cancellation)
    {
        using var reader = place.Read();
        var proofs = new FolderProofs(place, reader);
        if (head.Format != proofs.FormatName)
            problems.Add($"It is of a {head.Format} vault, and this is a {proofs.FormatName} vault.");
        else if (head.Count > proofs.Count)
            problems.Add($"The log was cut: it holds {proofs.Count} events, and {head.Count} were signed.");
        else if ((await proofs.Trees.BuildAsync(head.Count, cancellation)).Root() != head.Root)
            problems.Add($"The log was rewritten: its first {head.Count} events are not those that were signed.");
    }
}
