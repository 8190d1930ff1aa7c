using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Vault.Sync;

namespace Granary.Cli.Commands.Sync;

/// <summary>Forks as they are shown.</summary>
internal static class Forks
{
    public static JsonNode ToJson(ForkRecord fork) =>
        new JsonObject { ["actor_id"] = fork.ActorId, ["prev_hash"] = fork.PrevHash, ["event_a_id"] = fork.EventAId, ["event_b_id"] = fork.EventBId };

    public static IReadOnlyList<string> Row(ForkRecord fork) => [fork.ActorId, fork.PrevHash ?? "the beginning", fork.EventAId, fork.EventBId];
}

/// <summary><c>sync check-forks</c>.</summary>
internal sealed class CheckForksCommand()
    : VaultCommand("check-forks", "Lists forks: two events of one actor after the same one. Exit code 1 when there are any.")
{
    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        using var reader = Place(run).Expect(psmc: false).Read();
        var forks = LogMerge.Merge(await MergeCommand.ReadAsync(reader, cancellation), []).Forks;
        return new Outcome(
            new JsonObject { ["fork_count"] = forks.Count, ["forks"] = new JsonArray([.. forks.Select(Forks.ToJson)]) },
            screen =>
            {
                if (forks.Count > 0)
                    screen.Table(["actor", "after", "event", "and event"], [.. forks.Select(Forks.Row)]);
                screen.Verdict(forks.Count == 0, forks.Count == 0 ? "no forks." : $"{forks.Count} fork(s).");
            },
            forks.Count == 0 ? 0 : 1);
    }
}
