using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Manifests;

namespace Granary.Cli.Commands.Writing;

/// <summary><c>manifest</c>. A key signs it; without one it is made as the reference makes it.</summary>
internal sealed class ManifestCommand() : WritingCommand(
    "manifest", "Makes manifest.json and merkle_root.txt anew for the files as they are, and manifest.sig where there is a key.")
{
    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        if (!HasKey(run))
            return await RenewAsync(run, cancellation);
        await using var writer = await OpenAsync(run, cancellation);
        await writer.SealAsync(cancellation);
        var text = await writer.Vault.Log.ReadDocumentAsync(Manifest.FileName, cancellation);
        return Show(ConsoleJson.Read(text.GetValueOrDefault().Span)["file_count"]!.GetValue<long>(), await writer.MerkleRootAsync(cancellation), isSigned: true);
    }

    private async Task<Outcome> RenewAsync(Run run, CancellationToken cancellation)
    {
        var place = Place(run).Expect(psmc: false).ForWriting();
        var made = await BackpackFolder.RenewManifestAsync(place.Folder, run.Time, cancellation);
        if (!made.IsSigned)
            run.Warn("Nobody signs this manifest, which strict verification demands; sign it with --keyfile FILE.");
        return Show(made.FileCount, made.MerkleRoot, made.IsSigned);
    }

    private static Outcome Show(long count, string root, bool isSigned) => new(
        new JsonObject { ["manifest_file_count"] = count, ["merkle_root"] = root, ["signed"] = isSigned },
        screen =>
        {
            screen.Line($"manifest_file_count: {count}");
            screen.Line($"merkle_root: {root}");
        });
}
