using Granary.Grains.Redis;
using Granary.Tenants;
using Granary.Vault.S3;

namespace Granary.Silo.Hosting;

/// <summary>
/// <c>export TENANT VAULT FOLDER</c>: what the gateway's <c>vaults export</c> does, for vaults whose segments are in object storage. Only silos have a client for it.
/// </summary>
internal static class SiloExport
{
    /// <summary>0: it is in the folder and valid. 1: it is there and not valid, or could not be written. 2: the settings or the names cannot be used.</summary>
    public static Task<int> RunAsync(string tenant, string vault, string folder, Func<string, string?> environment, CancellationToken cancellation) =>
        RedisCommand.RunAsync(
            environment,
            Console.Error,
            async (settings, link) =>
            {
                var (owner, name) = (TenantId.Parse(tenant), VaultName.Parse(vault));
                var exported = await new RedisMaintenance(link, settings).ExportAsync(owner, name, folder, secrets: false, cancellation);
                await Console.Out.WriteLineAsync(exported.Describe(owner, name, folder));
                return exported.ExitCode;
            },
            S3Archive.Open);
}
