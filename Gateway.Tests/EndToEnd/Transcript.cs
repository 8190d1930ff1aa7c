using System.Text.Json;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.EndToEnd;

/// <summary>The recorded requests and answers of the older server.</summary>
internal static class Transcript
{
    public static string? File { get; } = Find();

    public static IReadOnlyList<(JsonElement Request, JsonElement Response)> Load()
    {
        using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(File!));
        var pairs = document.RootElement.Clone();
        return [.. pairs.EnumerateArray().Select(p => (p.GetProperty("request"), p.GetProperty("response")))];
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("GRANARY_SHARED") is { Length: > 0 } named)
            return Existing(named);
        // Beside the repository, or beside the folder of its worktrees.
        for (var beside = Directory.GetParent(Checkout.Root); beside is not null; beside = beside.Parent)
        {
            if (Existing(Path.Combine(beside.FullName, "shared")) is { } found)
                return found;
        }
        return null;
    }

    private static string? Existing(string shared)
    {
        var path = Path.Combine(shared, "vectors", "provara", "mcp", "legacy-server-transcript.json");
        return System.IO.File.Exists(path) ? path : null;
    }
}
