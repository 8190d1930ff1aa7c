using System.Text.Json.Nodes;
using Granary.Cli.Hosting;

namespace Granary.Cli.Commands.Proofs;

/// <summary>The outcome of a check: problems, or none.</summary>
internal static class Verdicts
{
    public static Outcome Show(IReadOnlyList<string> problems, string good) => new(
        new JsonObject { ["valid"] = problems.Count == 0, ["problems"] = new JsonArray([.. problems.Select(problem => (JsonNode)problem)]) },
        screen =>
        {
            if (problems.Count == 0)
                screen.Verdict(true, good);
            foreach (var problem in problems)
                screen.Verdict(false, problem);
        },
        problems.Count == 0 ? 0 : 1);
}
