using System.Text.Json.Nodes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack.Changes;

/// <summary>
/// Brings a vault to another version of the specification. The versions differ in the number alone: <c>genesis.json</c> gets it, and a signed event says
/// so, where the reference's is unsigned.
/// </summary>
public static class SpecMigration
{
    /// <summary>The versions, oldest first.</summary>
    public static IReadOnlyList<string> Versions { get; } = ["1.0", "1.1", "1.2"];

    /// <summary>The version a genesis names: 1.0 where it names none.</summary>
    public static string VersionOf(ReadOnlySpan<byte> genesis) =>
        PrettyJson.Text(PrettyJson.Read(genesis, BackpackBootstrap.GenesisName), "spec_version") ?? Versions[0];

    /// <summary>The version that a vault would get, or null where it has it already.</summary>
    /// <exception cref="BackpackInputException">There is no such version, or the vault's is a later one.</exception>
    public static string? Choose(string source, string target)
    {
        var version = target == "latest" ? Versions[^1] : target;
        if (!Versions.Contains(version))
            throw new BackpackInputException($"target_version must be one of {string.Join(", ", Versions)} or latest.");
        if (string.CompareOrdinal(version, source) < 0)
            throw new BackpackInputException($"target_version {version} lies before the vault's {source}; a vault is not taken back.");
        return version == source ? null : version;
    }

    /// <summary>Works out the event and the genesis.</summary>
    /// <param name="vault">The vault.</param>
    /// <param name="target">The version to reach, or <c>latest</c>.</param>
    /// <param name="time">The event's time.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>The change, or null where the vault has that version already.</returns>
    /// <exception cref="BackpackInputException">There is no such version, or the vault's is a later one, or the vault is sealed.</exception>
    public static async Task<VaultChange?> PlanAsync(BackpackVault vault, string target, DateTimeOffset time, CancellationToken cancellation)
    {
        vault.RefuseIfSealed();
        var genesis = PrettyJson.Read(await vault.ReadRequiredAsync(BackpackBootstrap.GenesisName, cancellation), BackpackBootstrap.GenesisName);
        var source = PrettyJson.Text(genesis, "spec_version") ?? Versions[0];
        if (Choose(source, target) is not { } version)
            return null;
        genesis["spec_version"] = version;
        var payload = new JsonObject { ["source_version"] = source, ["target_version"] = version };
        var prepared = PreparedBackpackEvent.ForOperation(EventTypes.Migration, PrettyJson.Write(payload), "migration_tool");
        var built = vault.Builder.Build(prepared, vault.Chains.Next(prepared.Actor), time);
        return new VaultChange(built.EventId, [built.Entry])
        {
            After = [new LaterDocument(new VaultDocument(BackpackBootstrap.GenesisName, PrettyJson.Write(genesis)), 1)],
        };
    }
}
