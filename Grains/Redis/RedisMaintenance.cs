using System.Globalization;
using System.Text.Json;
using Granary.Tenants;
using Granary.Tenants.Vaults;
using Granary.Vault.Redis;
using Granary.Vault.Redis.Connections;
using Granary.Vault.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Grains.Redis;

/// <summary>What an operator does with the vaults in Redis while they stay in use. What goes wrong is a <see cref="TenantException"/>.</summary>
public sealed class RedisMaintenance(RedisLink link, RedisSettings settings)
{
    /// <summary>
    /// Verifies a vault and writes it out as the folder it represents. Also brings up to date what vouches for the vault's files, so that the folder
    /// passes the reference's checks.
    /// </summary>
    /// <param name="tenant">Whose vault.</param>
    /// <param name="name">Its name.</param>
    /// <param name="folder">Where to; it does not exist yet.</param>
    /// <param name="secrets">Whether with private keys.</param>
    /// <param name="cancellation">Ends it early.</param>
    public Task<ExportedVault> ExportAsync(TenantId tenant, VaultName name, string folder, bool secrets, CancellationToken cancellation) => RunAsync(async () =>
    {
        var vaults = new RedisVaults(link, settings, TimeProvider.System, NullLoggerFactory.Instance);
        var exported = await VerifyAsync(name, vaults.Create(tenant, name), cancellation);
        await vaults.ExportAsync(tenant, name, folder, secrets, cancellation);
        return exported;
    });

    /// <summary>Wraps every secret of the vaults again with the first key of the ring.</summary>
    public Task<RewrapReport> RewrapAsync(CancellationToken cancellation) =>
        RunAsync(() => RedisRewrap.RunAsync(link, settings.Keys!, TimeProvider.System, cancellation));

    private static async Task<ExportedVault> VerifyAsync(VaultName name, IVaultStore store, CancellationToken cancellation)
    {
        await using var vault = new VaultActivation(name, store, new VaultActivationOptions(), TimeProvider.System, NullLogger.Instance);
        var report = await vault.RunAsync(new VaultCall("verify_vault", """{"mode":"compatible"}"""u8.ToArray()), null, cancellation);
        using var json = JsonDocument.Parse(report.Json);
        return new ExportedVault(json.RootElement.GetProperty("valid").GetBoolean(), json.RootElement.GetProperty("event_count").GetInt64());
    }

    private static async Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (VaultStorageException failure)
        {
            throw new TenantException(TenantFailure.Unavailable, failure.Message, null, failure);
        }
    }
}

/// <summary>A vault that was written to a folder.</summary>
/// <param name="Valid">Whether it verifies; it is in the folder either way.</param>
/// <param name="Events">How many events it has.</param>
public sealed record ExportedVault(bool Valid, long Events)
{
    /// <summary>The exit code of a command that exported it.</summary>
    public int ExitCode => Valid ? 0 : 1;

    /// <summary>What such a command says.</summary>
    public string Describe(TenantId tenant, VaultName vault, string folder) => string.Create(
        CultureInfo.InvariantCulture, $"{vault.Value} of {tenant.Value} is in {folder}: {Events} events, {(Valid ? "valid" : "NOT valid: provara verify says why")}.");
}
