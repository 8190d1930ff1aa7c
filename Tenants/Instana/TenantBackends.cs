using System.Collections.Frozen;
using Granary.Instana.Connections;
using Granary.Vault.Keys;
using Granary.Vault.OutsideFiles;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Tenants.Instana;

/// <summary>
/// Which Instana backends a tenant may call, and with whose credential. A tenant in the file of <c>INSTANA_TENANTS</c> has what the file says and nothing of the operator's own
/// connection; any other has the settings that all share. The file is followed while it changes; see <see cref="WatchedFile"/>.
/// </summary>
public sealed partial class TenantBackends : IDisposable
{
    private readonly InstanaOptions _shared;
    private readonly KeyRing? _keys;
    private readonly ILogger _log;
    private readonly WatchedFile? _file;
    private volatile FrozenDictionary<TenantId, InstanaOptions> _own = FrozenDictionary<TenantId, InstanaOptions>.Empty;

    /// <summary>Reads the file, where there is one.</summary>
    /// <param name="shared">What all tenants share; it names the file.</param>
    /// <param name="keys">The key-encryption keys, where credentials are opened; null in a process that only names them.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where changes are told.</param>
    /// <exception cref="InvalidDataException">The file cannot be used, or holds a token that does not open with these keys.</exception>
    public TenantBackends(InstanaOptions shared, KeyRing? keys, TimeProvider time, ILoggerFactory? loggers = null)
    {
        _shared = shared;
        _keys = keys;
        _log = (loggers ?? NullLoggerFactory.Instance).CreateLogger<TenantBackends>();
        if (shared.TenantsFile is not { } path)
            return;
        _file = new WatchedFile(path, TenantBackendsFile.Kind, TenantBackendsFile.MaxBytes, bytes => Use(path, bytes));
        _file.Start(time, look => Report(path, look));
    }

    /// <summary>False once the file could not be used twice in a row: what it forbids now would not be forbidden.</summary>
    public bool IsReady => _file?.IsReady ?? true;

    /// <summary>A tenant's settings.</summary>
    public InstanaOptions For(TenantId tenant) => _own.TryGetValue(tenant, out var own) ? own : _shared;

    /// <inheritdoc />
    public void Dispose() => _file?.Dispose();

    /// <summary>Opens the credential of one of a tenant's units.</summary>
    /// <exception cref="TenantException">It does not open here.</exception>
    internal ApiTokenCredential Open(TenantId tenant, HeldUnit unit)
    {
        try
        {
            return new ApiTokenCredential(new HeldUnitEntry(unit.BaseUrl, unit.SealedToken).Open(
                _keys ?? throw new TenantException(TenantFailure.Unavailable, "This server holds no key-encryption key, so it cannot open the credentials of units."),
                tenant, unit.Name));
        }
        catch (InvalidDataException e)
        {
            throw new TenantException(TenantFailure.Unavailable, e.Message, inner: e);
        }
    }

    private void Use(string path, byte[] bytes)
    {
        var file = TenantBackendsFile.Parse(path, bytes);
        _own = file.Tenants.ToFrozenDictionary(entry => TenantId.Parse(entry.Key), entry => Own(TenantId.Parse(entry.Key), entry.Value));
    }

    private InstanaOptions Own(TenantId tenant, TenantBackendsEntry entry)
    {
        var units = new Dictionary<string, HeldUnit>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, unit) in entry.Units ?? new Dictionary<string, HeldUnitEntry>())
        {
            if (!units.TryAdd(name, new HeldUnit(name, unit.BaseUrl, unit.SealedToken)))
                throw new InvalidDataException($"The {TenantBackendsFile.Kind}, tenant '{tenant.Value}', has two units '{name}'; capitals make no difference.");
            // Now, not when the first caller needs it.
            if (_keys is not null)
                _ = unit.Open(_keys, tenant, name);
        }
        var hosts = _shared.AllowedHosts;
        if (entry.Hosts is { } own && !HostAllowList.TryParse(own, out hosts, out var problem, $"\"hosts\" of tenant '{tenant.Value}' in {InstanaOptionsReader.TenantsVariable}"))
            throw new InvalidDataException(problem);
        return _shared with
        {
            Environment = null,
            Units = new Dictionary<string, InstanaEnvironment>(),
            SharedCredentials = false,
            AllowedHosts = hosts,
            Held = units,
            HeldDefault = entry.Default,
        };
    }

    private void Report(string path, FileLook look)
    {
        if (look.IsChanged)
            LogRead(path);
        if (look.Problem is { } problem)
            LogKept(problem);
    }

    [LoggerMessage(1, LogLevel.Error, "The tenants' Instana backends stay as they were: {Reason}")]
    private partial void LogKept(string reason);

    [LoggerMessage(2, LogLevel.Information, "The file of tenants' Instana backends '{Path}' was read: it is in force from now on")]
    private partial void LogRead(string path);
}
