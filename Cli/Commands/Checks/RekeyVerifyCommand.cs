using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Cli.Commands.Checks;

/// <summary><c>rekey verify</c>: the events that changed keys, each with what verification says of it.</summary>
internal sealed class RekeyVerifyCommand()
    : VaultCommand("verify", "Lists the vault's key revocations and promotions and what is wrong with them. Exit code 1 when something is.")
{
    public static Command Group() => new("rekey", "Key rotations that happened.") { new RekeyVerifyCommand() };

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var place = Place(run).Expect(psmc: false);
        var rotations = new SortedDictionary<long, (string Type, string Id)>();
        using (var reader = place.Read())
        {
            await foreach (var line in EventLines.ReadAsync(reader, null, cancellation))
            {
                if (line.Text.Span.IndexOf("\"KEY_"u8) >= 0 && line.Parse() is { } one && $"{one["type"]}" is "KEY_REVOCATION" or "KEY_PROMOTION")
                    rotations[line.Position] = ($"{line.Parse()!["type"]}", $"{line.Parse()!["event_id"]}");
            }
        }
        var report = await VaultVerifier.RunFolderAsync(place.Folder, new VerificationOptions { MaxFindings = int.MaxValue }, null, cancellation);
        var rows = rotations.Select(rotation => (rotation.Value.Type, rotation.Value.Id, Issues: report.Findings
            .Where(finding => finding.Position == rotation.Key && finding.Severity == FindingSeverity.Error)
            .Select(finding => finding.Reason).ToList())).ToList();
        var json = new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject
        {
            ["type"] = row.Type,
            ["event_id"] = row.Id,
            ["issues"] = new JsonArray([.. row.Issues.Select(issue => (JsonNode)issue)]),
        })]);
        return new Outcome(json, screen =>
        {
            if (rows.Count == 0)
                screen.Line("No key was ever revoked or promoted.");
            foreach (var (type, id, issues) in rows)
            {
                screen.Line($"  [{(issues.Count == 0 ? "OK" : "ISSUE")}] {type} {id}");
                foreach (var issue in issues)
                    screen.Line($"      {issue}");
            }
        }, rows.TrueForAll(row => row.Issues.Count == 0) ? 0 : 1);
    }
}
