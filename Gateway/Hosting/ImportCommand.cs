using System.CommandLine;
using System.Globalization;
using Granary.Gateway.Configuration;
using Granary.Grains.Redis;
using Granary.Tenants;
using Granary.Tenants.Hosting;
using Granary.Vault;
using Granary.Vault.Redis.Connections;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Files;
using Granary.Vault.Verification.Reports;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Gateway.Hosting;

/// <summary>
/// <c>vaults import</c>: a vault's folder of either format, from any program, becomes a tenant's vault: verified first, then made in one step, in the data
/// folder or in GRANARY_REDIS. Nothing is there of one that fails.
/// </summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var from = new Option<string>("--from") { Description = "The vault's folder, PSMC or Backpack", Required = true };
        var vault = new Option<string>("--vault") { Description = "The name it gets; none of the tenant's vaults may have it", Required = true };
        var tenant = new Option<string>("--tenant") { Description = "Whose vault it becomes", DefaultValueFactory = _ => TenantId.Default.Value };
        var keys = new Option<string?>("--keyfile") { Description = "Its private key file, where it is not in the folder" };
        var mode = new Option<string>("--mode")
        {
            Description = "What is demanded of it: strict, or compatible, which is what the reference's checkers demand",
            DefaultValueFactory = _ => "strict",
        };
        mode.AcceptOnlyFromAmong("strict", "compatible");
        var data = new Option<string?>("--data") { Description = "The gateway's data folder (GRANARY_DATA); not used where GRANARY_REDIS is set" };
        var command = new Command("import", "Verify a vault's folder and make it a tenant's vault, whole or not at all.") { from, vault, tenant, keys, mode, data };
        command.SetAction((given, stop) => RunAsync(
            new Request(given.GetRequiredValue(from), given.GetRequiredValue(tenant), given.GetRequiredValue(vault))
            {
                KeyFile = given.GetValue(keys),
                Mode = given.GetValue(mode) == "strict" ? VerificationMode.Strict : VerificationMode.Compatible,
                DataFolder = given.GetValue(data),
            },
            Environment.GetEnvironmentVariable, Console.Out, Console.Error, stop));
        return command;
    }

    /// <summary>0: it is there. 1: it is not valid, or could not be stored. 2: the command line or the settings cannot be used.</summary>
    internal static async Task<int> RunAsync(
        Request request, Func<string, string?> environment, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        if (environment("GRANARY_REDIS") is { Length: > 0 })
        {
            return await RedisCommand.RunAsync(environment, errors, async (settings, link) =>
            {
                // Under another key it would be a vault that no silo can open.
                if (await RedisKeyCheck.RunAsync(link, settings.Keys!, cancellation) is { } problem)
                    throw new IOException(problem);
                var vaults = new RedisVaults(link, settings, TimeProvider.System, NullLoggerFactory.Instance);
                return await ImportAsync(request, vaults.Create, output, errors, cancellation);
            });
        }
        var folder = request.DataFolder ?? environment("GRANARY_DATA") ?? new GatewayOptions().DataFolder;
        return await ImportAsync(request, (tenant, vault) => StoreIn(folder, tenant, vault), output, errors, cancellation);
    }

    private static async Task<int> ImportAsync(
        Request request, Func<TenantId, VaultName, IVaultStore> place, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        try
        {
            if (!VaultName.TryParse(request.Vault, out var vault, out var problem))
                throw new FormatException(problem.Replace("vault_path", "--vault", StringComparison.Ordinal));
            var tenant = TenantId.Parse(request.Tenant);
            var birth = await FolderBirth.ReadAsync(request.Folder, request.Mode, request.KeyFile, cancellation);
            await place(tenant, vault).CreateAsync(birth, cancellation);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{request.Folder} is now {vault.Value} of {tenant.Value}: {birth.Entries.Count} events, {birth.Format.Name}."));
            return 0;
        }
        catch (FormatException failure)
        {
            await errors.WriteLineAsync($"Error: {failure.Message}");
            return 2;
        }
        catch (Exception failure) when (failure is InvalidDataException or VaultStorageException or TenantException or IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"Error: {failure.Message}");
            return 1;
        }
    }

    private static FileVaultStore StoreIn(string data, TenantId tenant, VaultName vault)
    {
        var home = Path.Combine(Path.GetFullPath(data), tenant.Value);
        return new FileVaultStore(new FileVaultOptions
        {
            Root = data,
            Folder = Path.Combine(home, "vaults", vault.ToFileName()),
            StateFolder = Path.Combine(home, "state", vault.ToFileName()),
            Formats = VaultFormats.All,
        });
    }

    /// <param name="Folder">The vault's folder.</param>
    /// <param name="Tenant">Whose it becomes.</param>
    /// <param name="Vault">Its name there.</param>
    internal sealed record Request(string Folder, string Tenant, string Vault)
    {
        public string? KeyFile { get; init; }

        public VerificationMode Mode { get; init; } = VerificationMode.Strict;

        public string? DataFolder { get; init; }
    }
}
