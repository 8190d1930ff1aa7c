using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Vault.Evidence.Sigstore;

namespace Granary.Cli.Commands.Evidence;

/// <summary><c>verify-anchor</c>: the shape of Sigstore anchors. Their signatures are for Sigstore's own tools.</summary>
internal sealed class VerifyAnchorCommand : VaultCommand
{
    private readonly Option<string?> _anchor;

    public VerifyAnchorCommand()
        : base("verify-anchor", "Checks the shape of the vault's Sigstore anchors; their signatures are for Sigstore's own tools to check.") =>
        _anchor = With(new Option<string?>("--anchor") { Description = "Only this file", HelpName = "FILE" });

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        using var reader = Place(run).Expect(psmc: false).Read();
        var anchors = run.Get(_anchor) is { } file
            ? [SigstoreAnchor.Read(Path.GetFileName(file), OutsideFile.Read(file, "The anchor"))]
            : await SigstoreAnchor.ReadAllAsync(reader, cancellation);
        var bad = anchors.Count(anchor => anchor.Problems.Count > 0);
        return new Outcome(
            new JsonObject { ["checked"] = anchors.Count, ["invalid"] = bad, ["anchors"] = new JsonArray([.. anchors.Select(ToJson)]) },
            screen =>
            {
                if (anchors.Count == 0)
                    screen.Line("The vault has no anchors.");
                foreach (var anchor in anchors)
                {
                    screen.Verdict(
                        anchor.Problems.Count == 0,
                        $"{anchor.Name}: log index {anchor.LogIndex}, {anchor.EventCount} events at {anchor.AnchoredAt}; shape only.");
                    foreach (var problem in anchor.Problems)
                        screen.Line($"  {problem}");
                }
            },
            bad == 0 ? 0 : 1);
    }

    private static JsonNode ToJson(SigstoreAnchor anchor) => new JsonObject
    {
        ["name"] = anchor.Name,
        ["event_id"] = anchor.EventId,
        ["merkle_root"] = anchor.MerkleRoot,
        ["vault_event_count"] = anchor.EventCount,
        ["log_index"] = anchor.LogIndex,
        ["problems"] = new JsonArray([.. anchor.Problems.Select(problem => (JsonNode)problem)]),
    };
}
