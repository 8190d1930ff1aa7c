using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Vault.Proofs;
using Granary.Vault.Psmc;
using Granary.Vault.Backpack;
using Granary.Vault.Storage;
using Granary.Vault.Transparency;

namespace Granary.Cli.Commands.Tlog;

/// <summary><c>tlog export</c>: checkpoint and tiles as files, which any web server serves as a log.</summary>
internal sealed class TlogExportCommand : VaultCommand
{
    private readonly Option<string> _origin;
    private readonly Option<string?> _keyFile;
    private readonly Option<string> _output;

    public TlogExportCommand()
        : base("export", "Writes a vault's checkpoint and tiles as files: any web server serves them as a C2SP tiled log. They hold hashes, no events.")
    {
        _origin = With(TlogOptions.Origin());
        _keyFile = With(KeyFiles.Option());
        _output = With(new Option<string>("--output")
        {
            Description = "The folder; tiles that are there already are left alone",
            HelpName = "FOLDER",
            Required = true,
        });
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var place = Place(run);
        using var reader = place.Read();
        using var key = Signer.Read(place, run.Get(_keyFile), null);
        var size = reader.Count(LogStream.Events);
        var tree = await new FolderProofs(place, reader).Trees.BuildAsync(size, cancellation);
        var output = run.Get(_output)!;
        var written = await WriteTilesAsync(new TreeTiles(reader, place.IsPsmc ? PsmcFormat.Instance : BackpackFormat.Instance), size, output, cancellation);
        // Last: who reads the checkpoint finds every tile of it.
        var checkpoint = Path.Combine(output, "checkpoint");
        await File.WriteAllBytesAsync($"{checkpoint}.part", new LogCheckpoint(run.Get(_origin)!, size, tree.Root()).Sign(key).Write(), cancellation);
        File.Move($"{checkpoint}.part", checkpoint, overwrite: true);
        var vkey = new NoteKey(run.Get(_origin)!, NoteKeyKind.Log, key.PublicKey).ToString();
        return new Outcome(
            new JsonObject { ["output_path"] = output, ["size"] = size, ["tiles_written"] = written, ["verifier_key"] = vkey },
            screen => screen.Fields(("Folder", output), ("Entries", $"{size:N0}"), ("New tiles", $"{written:N0}"), ("Verifier key", vkey)));
    }

    private static async Task<int> WriteTilesAsync(TreeTiles tiles, long size, string output, CancellationToken cancellation)
    {
        var written = 0;
        foreach (var address in TileAddress.AllOf(size))
        {
            var path = Path.Combine(output, "tile", address.ToString());
            if (File.Exists(path))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var bytes = await tiles.ReadAsync(address, cancellation) ?? throw new ProofInputException("The log became smaller while it was read.");
            await File.WriteAllBytesAsync($"{path}.part", bytes, cancellation);
            File.Move($"{path}.part", path);
            written++;
        }
        return written;
    }
}
