using System.Globalization;
using Granary.Grains.Redis;
using Granary.Hosting.Configuration;
using Granary.Tenants;
using Granary.Vault.Redis.Connections;
using Granary.Vault.S3;

namespace Granary.Silo.Hosting;

/// <summary>
/// <c>export TENANT VAULT FOLDER</c>: what the gateway's <c>vaults export</c> does, for vaults whose segments are in object storage. Only silos have a client for it.
/// </summary>
internal static class SiloExport
{
    /// <summary>0: it is in the folder and valid. 1: it is there and not valid, or could not be written.</summary>
    /// <exception cref="InvalidDataException">The settings or the names cannot be used.</exception>
    public static async Task<int> RunAsync(string tenant, string vault, string folder, Settings environment, CancellationToken cancellation)
    {
        try
        {
            var settings = RedisSettingsReader.Read(environment, openS3: S3Archive.Open);
            using var link = RedisLink.Connect(settings.Configuration, settings.Prefix);
            var exported = await new RedisMaintenance(link, settings)
                .ExportAsync(TenantId.Parse(tenant), VaultName.Parse(vault), folder, secrets: false, cancellation);
            await Console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{vault} of {tenant} is in {folder}: {exported.Events} events, {(exported.Valid ? "valid" : "NOT valid: provara verify says why")}."));
            return exported.Valid ? 0 : 1;
        }
        catch (FormatException failure)
        {
            throw new InvalidDataException(failure.Message, failure);
        }
        catch (Exception failure) when (failure is TenantException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"Error: {failure.Message}");
            return 1;
        }
    }
}
