using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;

namespace Granary.Cli.Commands.Proofs;

/// <summary>A document of one line: printed, or written to a file whose name is printed.</summary>
internal static class Documents
{
    public static async Task<Outcome> ShowAsync(byte[] document, string? file, CancellationToken cancellation)
    {
        var json = ConsoleJson.Read(document);
        if (file is null)
            return new Outcome(json, screen => screen.Line(System.Text.Encoding.UTF8.GetString(document)));
        await File.WriteAllBytesAsync(file, [.. document, (byte)'\n'], cancellation);
        return new Outcome(new JsonObject { ["written_to"] = file, ["document"] = json }, screen => screen.Line($"Written to {file}"));
    }
}
