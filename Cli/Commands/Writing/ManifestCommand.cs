using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Vault.Backpack.Manifests;

namespace Granary.Cli.Commands.Writing;

/// <summary><c>manifest</c>.</summary>
internal sealed class ManifestCommand() : WritingCommand("manifest", "Makes manifest.json, merkle_root.txt and manifest.sig anew, for the files as they are.")
{
    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        await using var writer = await OpenAsync(run, cancellation);
        await writer.SealAsync(cancellation);
        var text = await writer.Vault.Log.ReadDocumentAsync(Manifest.FileName, cancellation);
        var manifest = JsonText.Read(text.GetValueOrDefault().Span);
        var root = await writer.MerkleRootAsync(cancellation);
        var count = manifest["file_count"]!.GetValue<long>();
        return new Outcome(new JsonObject { ["manifest_file_count"] = count, ["merkle_root"] = root }, screen =>
        {
            screen.Line($"manifest_file_count: {count}");
            screen.Line($"merkle_root: {root}");
        });
    }
}
