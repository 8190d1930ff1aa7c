using System.Text.Json.Nodes;
using Granary.Cli.Output;

namespace Granary.Cli.Hosting;

/// <summary>What a command found or did.</summary>
/// <param name="Json">What <c>--json</c> prints.</param>
/// <param name="Show">Prints it for a person.</param>
/// <param name="ExitCode">0 when all is well, 1 when the answer is a bad one.</param>
internal sealed record Outcome(JsonNode Json, Action<Screen> Show, int ExitCode = 0)
{
    /// <summary>An answer that is JSON in either case.</summary>
    public static Outcome Of(JsonNode json, int exitCode = 0) => new(json, screen => screen.Json(json), exitCode);
}
