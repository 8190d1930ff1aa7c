using System.CommandLine;
using Granary.Grains.Redis;
using Granary.Tenants;

namespace Granary.Gateway.Hosting;

/// <summary>
/// <c>vaults export</c>: a vault of any size out of Redis, as the folder it represents, which the <c>provara</c> command and the reference read.
/// </summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var tenant = new Option<string>("--tenant") { Description = "Whose vault", DefaultValueFactory = _ => TenantId.Default.Value };
        var vault = new Option<string>("--vault") { Description = "Its name", Required = true };
        var to = new Option<string>("--to") { Description = "A folder that does not exist yet", Required = true };
        var secrets = new Option<bool>("--with-private-keys") { Description = "Write its private keys as well, in clear text" };
        var command = new Command("export", "Verify a vault in GRANARY_REDIS and write it to a folder, while it stays in use.") { tenant, vault, to, secrets };
        command.SetAction((given, stop) => RunAsync(
            new Request(given.GetRequiredValue(tenant), given.GetRequiredValue(vault), given.GetRequiredValue(to), given.GetValue(secrets)),
            Environment.GetEnvironmentVariable, Console.Out, Console.Error, stop));
        return command;
    }

    /// <summary>0: it is in the folder and valid. 1: it is not valid, and there as it is; or it could not be written. 2: the settings cannot be used.</summary>
    internal static Task<int> RunAsync(
        Request request, Func<string, string?> environment, TextWriter output, TextWriter errors, CancellationToken cancellation) =>
        RedisCommand.RunAsync(environment, errors, async (settings, link) =>
        {
            var (tenant, vault) = (TenantId.Parse(request.Tenant), VaultName.Parse(request.Vault));
            var exported = await new RedisMaintenance(link, settings).ExportAsync(tenant, vault, request.Folder, request.Secrets, cancellation);
            await output.WriteLineAsync(exported.Describe(tenant, vault, request.Folder));
            return exported.ExitCode;
        });

    /// <param name="Tenant">Whose vault.</param>
    /// <param name="Vault">Its name.</param>
    /// <param name="Folder">Where to.</param>
    /// <param name="Secrets">Whether with private keys.</param>
    internal sealed record Request(string Tenant, string Vault, string Folder, bool Secrets);
}
