using System.Text.Json.Nodes;
using Granary.Cli.Commands.Tlog;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Cli.Verification;
using Granary.Vault.Transparency;

namespace Granary.Cli.Commands.Checks;

/// <summary>Demands, beside a check, that the vault's tenant or witnesses signed a checkpoint of the vault's log.</summary>
internal static class DemandedCheckpoint
{
    /// <summary>Checks the checkpoint that is given, or the one that is kept beside the vault.</summary>
    public static async Task<CheckResult> AddAsync(
        CheckResult result, VaultPlace place, Run run, string? file, TenantKeyOption tenant, WitnessOptions witnesses, CancellationToken cancellation)
    {
        var note = SignedNote.Read(OutsideFile.Read(file ?? place.CheckpointFile, "The checkpoint, which --checkpoint names,"));
        var checkpoint = LogCheckpoint.Parse(note.Text);
        var problems = new List<string>([.. tenant.Problems(run, note), .. witnesses.Problems(run, note)]);
        // A line that claims to be by the log's key and is false makes the answer no, so any key of the vault may be the one.
        if (!VaultKeys(place).Any(key => note.IsSignedBy(new NoteKey(checkpoint.Origin, NoteKeyKind.Log, key))))
            problems.Add("The checkpoint is not signed by a key of the vault.");
        problems.AddRange(await TlogVerifyCommand.AgainstAsync(place, checkpoint, cancellation));
        var signers = string.Join(" and ", (string[])[.. tenant.Read(run) is { } key ? [$"the tenant {key.Name}"] : (string[])[], .. witnesses.Asks(run) ? ["enough witnesses"] : (string[])[]]);
        var json = (JsonObject)result.Json.DeepClone();
        json["checkpoint"] = new JsonObject
        {
            ["origin"] = checkpoint.Origin,
            ["size"] = checkpoint.Size,
            ["problems"] = new JsonArray([.. problems.Select(problem => (JsonNode)problem)]),
        };
        return result with
        {
            Json = json,
            ExitCode = problems.Count > 0 ? 1 : result.ExitCode,
            Show = screen =>
            {
                result.Show(screen);
                if (problems.Count == 0)
                    screen.Verdict(true, $"{signers} signed the checkpoint at {checkpoint.Size} events of {checkpoint.Origin}, and the log begins with it.");
                foreach (var problem in problems)
                    screen.Verdict(false, problem);
            },
        };
    }

    private static IEnumerable<Vault.Keys.PublicKey> VaultKeys(VaultPlace place)
    {
        if (!place.IsPsmc)
            return PublicKeys.Read(Path.Combine(place.Folder, "identity", "keys.json")).All;
        var keys = Path.Combine(place.Folder, "keys");
        var retired = Path.Combine(keys, "retired");
        string[] old = Directory.Exists(retired) ? Directory.GetFiles(retired, "*_public.pub.pem") : [];
        return ((string[])[Path.Combine(keys, "active.pub.pem"), .. old]).SelectMany(file => PublicKeys.Read(file).All);
    }
}
