using Granary.Scenarios.Clients;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>What a client may be told when something is broken.</summary>
internal static class Errors
{
    private static readonly HashSet<string> Honest = ["unavailable", "outcome_unknown", "busy"];

    /// <summary>Requires that no call failed.</summary>
    public static void RequireNone(Calls calls, Findings findings) =>
        findings.Require(calls.Failed.Count == 0, $"{calls.Failed.Count} of {calls.Records.Count} calls failed, first: {calls.FirstFailure}");

    /// <summary>Requires that every failure says what happened: a tool's error of a kind that helps, or the balancer's word that nothing did.</summary>
    public static void RequireClear(Calls calls, Findings findings)
    {
        var unclear = calls.Where(c => !c.Succeeded && !IsClear(c));
        findings.Require(unclear.Records.Count == 0, $"{unclear.Records.Count} failures say too little, first: {unclear.FirstFailure}");
    }

    // Instana's errors are in its own words.
    private static bool IsClear(CallRecord call) =>
        call.Answer is { Kind: AnswerKind.ToolError, Message: not null } && (call.Operation == "instana" || Honest.Contains(call.Answer.Code ?? ""))
        || call.Answer.Status is 502 or 503 or 504;
}
