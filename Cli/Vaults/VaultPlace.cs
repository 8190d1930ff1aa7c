using Granary.Cli.Hosting;
using Granary.Vault;
using Granary.Vault.Storage.Files;

namespace Granary.Cli.Vaults;

/// <summary>Where a vault is stored, and where this program keeps its lock and what it needs to recover: never inside the vault.</summary>
internal sealed class VaultPlace
{
    private readonly bool _isGateways;

    private VaultPlace(string folder, string stateFolder, bool isGateways) => (Folder, StateFolder, _isGateways) = (folder, stateFolder, isGateways);

    /// <summary>The vault's folder.</summary>
    public string Folder { get; }

    /// <summary>Lock, journal and head of a PSMC vault.</summary>
    public string StateFolder { get; }

    public bool IsPsmc => File.Exists(Path.Combine(Folder, "psmc.json"));

    public bool IsBackpack => File.Exists(Path.Combine(Folder, "identity", "genesis.json"));

    /// <summary>The place of a path, whether there is a vault or not.</summary>
    public static VaultPlace At(string path)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var name = Path.GetFileName(folder);
        var home = Path.GetDirectoryName(folder);
        if (home is null || name.Length == 0)
            throw new CliFailure("The path names no vault", $"{path} is the root of a file system", "name a folder below it");
        // A gateway keeps its vaults in <tenant>/vaults and what it knows of them in <tenant>/state.
        if (Path.GetFileName(home) == "vaults"
            && Path.Combine(Path.GetDirectoryName(home)!, "state", name) is var gateways
            && File.Exists(Path.Combine(gateways, "lock")))
            return new VaultPlace(folder, gateways, isGateways: true);
        return new VaultPlace(folder, Path.Combine(home, $".{name}.granary"), isGateways: false);
    }

    /// <summary>Refuses to write beside a gateway, whose last events may not be in the folder yet.</summary>
    public VaultPlace ForWriting()
    {
        if (_isGateways)
        {
            throw new CliFailure(
                "The vault belongs to a gateway", "it lies in a gateway's data folder, where the gateway alone writes",
                "use --gateway URL with the vault's name, or copy the folder elsewhere");
        }
        return this;
    }

    /// <summary>Refuses a place without a vault of the format.</summary>
    public VaultPlace Expect(bool psmc)
    {
        if (psmc ? IsPsmc : IsBackpack)
            return this;
        throw !Directory.Exists(Folder)
            ? new CliFailure("There is no vault", $"{Folder} does not exist", "check the path, or make a vault with provara init", "PROVARA_E302")
            : (psmc ? IsBackpack : IsPsmc)
                ? new CliFailure(
                    "The vault is of the other format", psmc ? "it is a Backpack vault" : "it is a PSMC vault",
                    psmc ? "use the command without psmc" : "use provara psmc --vault PATH", "docs/provara.md")
                : new CliFailure("This is not a vault", $"{Folder} has neither identity/genesis.json nor psmc.json", "check the path", "PROVARA_E302");
    }

    /// <summary>Data keys of encrypted payloads: beside the vault, so that a copy of it is no copy of them.</summary>
    public string DataKeysFolder => Path.Combine(Path.GetDirectoryName(Folder)!, $".{Path.GetFileName(Folder)}.data-keys");

    /// <summary>Timestamps of events that were taken without a key of the vault.</summary>
    public string TimestampsFolder => Path.Combine(Path.GetDirectoryName(Folder)!, $".{Path.GetFileName(Folder)}.timestamps");

    /// <summary>A checkpoint that witnesses signed, which <c>verify --witness</c> reads where no other is named.</summary>
    public string CheckpointFile => Path.Combine(Path.GetDirectoryName(Folder)!, $".{Path.GetFileName(Folder)}.checkpoint");

    /// <summary>Where stamps of the log by authorities outside are looked for.</summary>
    public string StampsFile => Path.Combine(Path.GetDirectoryName(Folder)!, $".{Path.GetFileName(Folder)}.stamps.json");

    /// <summary>The store of a PSMC vault.</summary>
    public FileVaultStore PsmcStore() => new(new FileVaultOptions { Folder = Folder, StateFolder = StateFolder, Formats = [VaultFormats.Psmc], LocksFolder = true });

    /// <summary>Opens the folder to read it.</summary>
    public FolderReader Read() => FolderReader.Open(Folder);
}
