using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Tenants;
using Granary.Tenants.Hosting.Redis;
using Granary.Tenants.Vaults;
using Granary.Vault.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Gateway.Hosting;

/// <summary>
/// <c>vaults export</c>: a vault of any size out of Redis, as the folder it stands for, which the <c>provara</c> command and the reference read.
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
            var vaults = new RedisVaults(link, settings, TimeProvider.System, NullLoggerFactory.Instance);
            var (valid, count) = await VerifyAsync(vault, vaults.Create(tenant, vault), cancellation);
            await vaults.ExportAsync(tenant, vault, request.Folder, request.Secrets, cancellation);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{vault.Value} of {tenant.Value} is in {request.Folder}: {count} events, {(valid ? "valid" : "NOT valid: provara verify says why")}."));
            return valid ? 0 : 1;
        });

    /// <summary>Also brings up to date what vouches for the vault's files, so that the folder passes the reference's checks.</summary>
    private static async Task<(bool Valid, long Count)> VerifyAsync(VaultName name, IVaultStore store, CancellationToken cancellation)
    {
        await using var vault = new VaultActivation(name, store, new VaultActivationOptions(), TimeProvider.System, NullLogger.Instance);
        var report = await vault.RunAsync(new VaultCall("verify_vault", """{"mode":"compatible"}"""u8.ToArray()), null, cancellation);
        using var json = JsonDocument.Parse(report.Json);
        return (json.RootElement.GetProperty("valid").GetBoolean(), json.RootElement.GetProperty("event_count").GetInt64());
    }

    /// <param name="Tenant">Whose vault.</param>
    /// <param name="Vault">Its name.</param>
    /// <param name="Folder">Where to.</param>
    /// <param name="Secrets">Whether with private keys.</param>
    internal sealed record Request(string Tenant, string Vault, string Folder, bool Secrets);
}
