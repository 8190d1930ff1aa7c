using System.Text.Json;
using Granary.Testing;

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

    private static string? Find() =>
        SharedFiles.Root is not null && SharedFiles.PathOf(Path.Combine("mcp", "legacy-server-transcript.json")) is var path && System.IO.File.Exists(path) ? path : null;
}
