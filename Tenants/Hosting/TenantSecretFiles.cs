using System.Security.Cryptography;
using Granary.Tenants.Vaults.Signing;
using Granary.Vault.OutsideFiles;
using Granary.Vault.Storage;
using Granary.Vault.Storage.FileSystem;
using Microsoft.Extensions.Logging;

namespace Granary.Tenants.Hosting;

/// <summary>Tenants' secrets as files in the tenants' folders, readable by their owner only.</summary>
/// <param name="dataFolder">The folder of the tenants' folders.</param>
/// <param name="files">The file system.</param>
/// <param name="logger">Where it is reported that no secret can be kept.</param>
public sealed partial class TenantSecretFiles(string dataFolder, IFileSystem files, ILogger logger) : ITenantSecrets, IDisposable
{
    private const long MaxBytes = 64 * 1024;

    // Another process holds the lock for the time of one small file and two flushes.
    private const int Tries = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly ILogger _logger = logger;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _told;

    /// <inheritdoc />
    public async Task<byte[]?> GetOrAddAsync(TenantId tenant, string name, Func<byte[]?> make, CancellationToken cancellation)
    {
        var home = Path.Combine(dataFolder, tenant.Value);
        var path = Path.Combine(home, name);
        if (await Task.Run(() => Read(home, path), cancellation) is { } kept)
            return kept;
        if (make() is not { } fresh)
            return null;
        await _turn.WaitAsync(cancellation);
        try
        {
            return await AddAsync(home, path, fresh, cancellation);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (Interlocked.Exchange(ref _told, 1) == 0)
                LogUnkept(failure, tenant.Value, name);
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fresh);
            _turn.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _turn.Dispose();

    private async Task<byte[]> AddAsync(string home, string path, byte[] fresh, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await Task.Run(() => Add(home, path, fresh), cancellation);
            }
            catch (IOException failure) when (failure is not UnusableFileException && tries < Tries && files.FileExists(LockOf(path)))
            {
                await Task.Delay(Pause, cancellation);
            }
        }
    }

    /// <summary>Under a lock, so that a rename never replaces what another process has just kept and signed with.</summary>
    private byte[] Add(string home, string path, byte[] fresh)
    {
        files.CreateFolder(home);
        using var held = files.Lock(LockOf(path));
        if (Read(home, path) is { } kept)
            return kept;
        var draft = $"{path}.new";
        using (var file = files.Open(draft, create: true, secret: true))
        {
            file.SetLength(0);
            file.Write(fresh, 0);
            file.Flush();
        }
        files.ReplaceFile(draft, path);
        files.FlushFolder(home);
        return [.. fresh];
    }

    /// <exception cref="VaultStorageException">It is there and cannot be read.</exception>
    private static byte[]? Read(string home, string path)
    {
        try
        {
            return new DirectoryInfo(home).LinkTarget is null ? OwnFile.Read(path, MaxBytes) : throw new UnusableFileException("The tenant's folder is a symbolic link.");
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new VaultStorageException(
                VaultStorageFailure.Refused,
                failure is UnusableFileException ? failure.Message : "the file cannot be read; grant the gateway the right to read it.",
                failure);
        }
    }

    private static string LockOf(string path) => $"{path}.lock";

    [LoggerMessage(1, LogLevel.Warning, "The secret {Name} of the tenant {Tenant} cannot be kept in the data folder, so its checkpoints have the signatures of vaults alone")]
    private partial void LogUnkept(Exception failure, string tenant, string name);
}
