using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;

namespace Granary.Cli.Commands.Checks;

/// <summary><c>check-safety</c>: what the vault's safety policy says of an action. Advice: nothing is held back by it.</summary>
internal sealed class CheckSafetyCommand : VaultCommand
{
    private readonly Option<string> _action;

    public CheckSafetyCommand() : base("check-safety", "Looks an action up in the vault's safety policy: APPROVED, REQUIRES_MFA or BLOCKED. Advice only.") =>
        _action = RequiredText("--action", "For example APPEND_OBSERVATION, REKEY or DELETE_VAULT");

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var place = Place(run).Expect(psmc: false);
        var action = run.Get(_action)!.ToUpperInvariant();
        using var reader = place.Read();
        var policy = await reader.ReadDocumentAsync("policies/safety_policy.json", cancellation);
        var (status, tier, reason) = policy is { } json
            ? Judge(TierOf(action), ConsoleJson.Read(json.Span))
            : ("APPROVED", null, "the vault has no safety policy");
        return new Outcome(
            new JsonObject { ["action"] = action, ["status"] = status, ["tier"] = tier, ["reason"] = reason },
            screen => screen.Fields(("Action", action), ("Status", status), ("Tier", tier), ("Reason", reason)));
    }

    private static (string Status, string? Tier, string? Reason) Judge(string tier, JsonNode policy)
    {
        if (policy.Member("action_classes").Member(tier) is not JsonObject rules)
            return ("BLOCKED", null, $"the policy has no tier {tier}");
        var description = rules.MemberText("description");
        if (rules.MemberText("approval") == "remote_signature_or_mfa")
            return ("REQUIRES_MFA", tier, description);
        return tier == "L3" ? ("BLOCKED", tier, "L3 actions are for people") : ("APPROVED", tier, description);
    }

    private static string TierOf(string action) => action switch
    {
        "READ" or "REPLAY" => "L0",
        "REKEY" or "UPDATE_POLICY" or "SYNC_IN" => "L2",
        "DELETE_VAULT" or "EXPORT_PRIVATE_KEYS" => "L3",
        _ => "L1",
    };
}
