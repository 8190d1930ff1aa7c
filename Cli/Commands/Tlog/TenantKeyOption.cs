using System.CommandLine;
using Granary.Cli.Hosting;
using Granary.Vault.Transparency;

namespace Granary.Cli.Commands.Tlog;

/// <summary><c>--tenant-key</c>: the tenant whose signature a checkpoint must have, so that its log is one of the tenant's.</summary>
internal sealed class TenantKeyOption
{
    private readonly Option<string?> _key = new("--tenant-key")
    {
        Description = "The verifier key of the tenant, which signs the checkpoints of all its vaults, as the tenant or the gateway tells it",
        HelpName = "VKEY",
    };

    public TenantKeyOption(Func<Option, Option> add) => add(_key);

    public bool Asks(Run run) => run.Has(_key);

    /// <summary>The key that is demanded; null where none is.</summary>
    public NoteKey? Read(Run run)
    {
        if (run.Get(_key) is not { } text)
            return null;
        try
        {
            var key = NoteKey.Parse(text);
            return key.Kind == NoteKeyKind.Log
                ? key
                : throw new CliFailure(
                    "The tenant's key is of another kind", "it is a witness's", "give the tenant's with --tenant-key, the witness's with --witness", "docs/trust.md");
        }
        catch (FormatException failure)
        {
            throw new CliFailure(
                "The tenant's key cannot be read", failure.Message, "give --tenant-key what the tenant told you, or the gateway serves as tenant-vkey", "docs/trust.md");
        }
    }

    /// <summary>What is missing of the tenant's signature, each a sentence.</summary>
    public IReadOnlyList<string> Problems(Run run, SignedNote note)
    {
        if (Read(run) is not { } key)
            return [];
        var problems = new List<string>();
        var origin = LogCheckpoint.Parse(note.Text).Origin;
        // A key signs for logs below its name, PREFIX/TENANT/VAULT: one part more, which is the vault's escaped name.
        if (!origin.StartsWith($"{key.Name}/", StringComparison.Ordinal) || origin.LastIndexOf('/') != key.Name.Length || origin.Length == key.Name.Length + 1)
            problems.Add($"The checkpoint is of the log {origin}, which is no log of the tenant {key.Name}.");
        if (!note.IsSignedBy(key))
            problems.Add(Unsigned(note, key));
        return problems;
    }

    private static string Unsigned(SignedNote note, NoteKey key) =>
        note.Signatures.Any(line => line.Claims(key)) ? $"The signature of the tenant {key.Name} under the checkpoint is false: the checkpoint was changed, or forged."
        : note.Signatures.Any(line => line.Name == key.Name) ? $"The checkpoint is signed by another key of the name {key.Name} than the one that is given."
        : $"The checkpoint is not signed by the tenant {key.Name}.";
}
