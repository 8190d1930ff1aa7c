using System.CommandLine;
using System.Security.Cryptography;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Grains.Redis;
using Granary.Tenants;
using Granary.Tenants.Hosting;
using Granary.Tenants.Vaults.Signing;
using Granary.Vault.Keys;
using Granary.Vault.OutsideFiles;
using Granary.Vault.Redis.Connections;
using Granary.Vault.Storage;
using Granary.Vault.Storage.FileSystem;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Gateway.Hosting;

/// <summary>
/// <c>tenant-keys export</c> and <c>import</c>: the key that signs a tenant's checkpoints, for a tenant whose vaults move to another store. One that is there is
/// never replaced.
/// </summary>
internal static class TenantKeyCommand
{
    private const int MaxFile = 64 * 1024;

    public static Command Create() => new("tenant-keys", "The keys that sign checkpoints for tenants, in and out of a gateway's store.")
    {
        Create("export", "Write a tenant's private key to a file, in clear text: PKCS#8 in PEM.", "--to", "A file that does not exist yet", ExportAsync),
        Create("import", "Make a private key that export wrote a tenant's, which has none yet.", "--from", "The file", ImportAsync),
    };

    private static Command Create(string name, string description, string fileFlag, string fileHelp, Func<Request, ITenantSecrets, TextWriter, CancellationToken, Task<int>> work)
    {
        var tenant = new Option<string>("--tenant") { Description = "Whose key", DefaultValueFactory = _ => TenantId.Default.Value };
        var file = new Option<string>(fileFlag) { Description = fileHelp, Required = true };
        var data = new Option<string?>("--data") { Description = "The gateway's data folder (GRANARY_DATA); not used where GRANARY_REDIS is set" };
        var command = new Command(name, description) { tenant, file, data };
        command.SetAction((given, stop) => RunAsync(
            new Request(given.GetRequiredValue(tenant), given.GetRequiredValue(file), given.GetValue(data)),
            work, Environment.GetEnvironmentVariable, Console.Out, Console.Error, stop));
        return command;
    }

    /// <summary>0: done. 1: the tenant has no key, or another one, or the store did not answer. 2: the command line, the file or the settings cannot be used.</summary>
    internal static async Task<int> RunAsync(
        Request request, Func<Request, ITenantSecrets, TextWriter, CancellationToken, Task<int>> work,
        Func<string, string?> environment, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        if (environment("GRANARY_REDIS") is { Length: > 0 })
        {
            return await RedisCommand.RunAsync(environment, errors, async (settings, link) =>
            {
                if (await RedisKeyCheck.RunAsync(link, settings.Keys!, cancellation) is { } problem)
                    throw new IOException(problem);
                var vaults = new RedisVaults(link, settings, TimeProvider.System, NullLoggerFactory.Instance);
                return await GuardAsync(() => work(request, vaults.Secrets!, output, cancellation), errors);
            });
        }
        var folder = request.DataFolder ?? environment("GRANARY_DATA") ?? new GatewayOptions().DataFolder;
        using var files = new TenantSecretFiles(Path.GetFullPath(folder), PhysicalFileSystem.Instance, NullLogger.Instance);
        return await GuardAsync(() => work(request, files, output, cancellation), errors);
    }

    internal static async Task<int> ExportAsync(Request request, ITenantSecrets secrets, TextWriter output, CancellationToken cancellation)
    {
        var tenant = TenantId.Parse(request.Tenant);
        var pem = await secrets.GetOrAddAsync(tenant, TenantSigner.SecretName, () => null, cancellation)
            ?? throw new TenantException(TenantFailure.NotFound, $"The tenant {tenant.Value} has no key here: it is made when the first checkpoint of its vaults is read.");
        try
        {
            using var key = KeyPem.ReadPrivate(pem);
            PrivateFile.Create(request.File, pem);
            await output.WriteLineAsync($"The key {key.PublicKey.KeyId} of {tenant.Value} is in {request.File}, in clear text: keep it as you keep backups.");
            return 0;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }
    }

    internal static async Task<int> ImportAsync(Request request, ITenantSecrets secrets, TextWriter output, CancellationToken cancellation)
    {
        var tenant = TenantId.Parse(request.Tenant);
        using var key = KeyPem.ReadPrivate(WatchedFile.Read(request.File, "tenant's key", MaxFile));
        var pem = await secrets.GetOrAddAsync(tenant, TenantSigner.SecretName, () => KeyPem.WritePrivate(key), cancellation)
            ?? throw new TenantException(TenantFailure.StorageRefused, "The key cannot be kept: the store takes nothing now. Nothing was changed.");
        try
        {
            using var kept = KeyPem.ReadPrivate(pem);
            if (kept.PublicKey.KeyId != key.PublicKey.KeyId)
            {
                throw new TenantException(
                    TenantFailure.AlreadyExists,
                    $"The tenant {tenant.Value} has the key {kept.PublicKey.KeyId} already, and checkpoints may be signed with it; nothing was changed. docs/operations.md says how to remove it.");
            }
            await output.WriteLineAsync($"{key.PublicKey.KeyId} is the key of {tenant.Value}.");
            return 0;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }
    }

    private static async Task<int> GuardAsync(Func<Task<int>> work, TextWriter errors)
    {
        try
        {
            return await work();
        }
        catch (Exception failure) when (failure is FormatException or InvalidDataException)
        {
            await errors.WriteLineAsync($"Error: {failure.Message}");
            return 2;
        }
        catch (Exception failure) when (failure is VaultStorageException or TenantException or IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"Error: {failure.Message}");
            return 1;
        }
    }

    /// <param name="Tenant">Whose key.</param>
    /// <param name="File">The file.</param>
    /// <param name="DataFolder">The data folder, where it is named.</param>
    internal sealed record Request(string Tenant, string File, string? DataFolder = null);
}
