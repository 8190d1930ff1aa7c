using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using Granary.Hosting.Health;
using Granary.Vault.OutsideFiles;

namespace Granary.Gateway.Access;

/// <summary>
/// The keys in force; see <see cref="WatchedFile"/> for how their file is followed. Keys that are gone, or say something else now, are revoked, which ends their
/// streams and running calls; while the file cannot be used, a metric says so.
/// </summary>
internal sealed partial class ApiKeys : IReadiness, IDisposable
{
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger<ApiKeys> _log;
    private readonly WatchedFile _file;
    private readonly HashSet<string> _everKnown = new(StringComparer.Ordinal);
    private volatile FrozenDictionary<string, KnownKey> _keys = FrozenDictionary<string, KnownKey>.Empty;
    private volatile FrozenDictionary<string, KnownKey> _byCertificate = FrozenDictionary<string, KnownKey>.Empty;

    /// <exception cref="InvalidDataException">The file cannot be used: a gateway does not start without its keys.</exception>
    public ApiKeys(string path, TimeProvider time, IMeterFactory meters, ILogger<ApiKeys> log, ILogger<KeyUses> useLog)
    {
        (_path, _time, _log) = (path, time, log);
        Uses = new KeyUses(path, time, useLog);
        _file = new WatchedFile(path, ApiKeyFile.Kind, ApiKeyFile.MaxBytes, Use);
        _file.Start(time, Report);
        if (PrivateFile.IsOpenToOthers(path))
            LogOpenToOthers(path);
        var meter = meters.Create("Granary.Gateway");
        meter.CreateObservableGauge("granary.api_keys.count", () => _keys.Count, "{key}", "API keys in force.");
        meter.CreateObservableGauge(
            "granary.api_keys.unreadable", () => _file.IsKept ? 1 : 0, description: "1 while the API key file cannot be used and older keys stay in force.");
    }

    /// <summary>When each was last used.</summary>
    public KeyUses Uses { get; }

    public bool IsReady => _file.IsReady;

    public KnownKey? Find(ReadOnlySpan<char> id) => _keys.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var key) ? key : null;

    /// <summary>The key of a certificate, by one of the certificate's names.</summary>
    public KnownKey? FindCertificate(string name) => _byCertificate.GetValueOrDefault(name);

    /// <summary>Whether a key of this id is or was in force: others may be pieces of a secret, and are not logged.</summary>
    public bool Knew(ReadOnlySpan<char> id)
    {
        lock (_everKnown)
            return _everKnown.GetAlternateLookup<ReadOnlySpan<char>>().Contains(id);
    }

    public void Dispose()
    {
        _file.Dispose();
        Uses.Write();
    }

    private void Report(FileLook look)
    {
        if (look.IsMended)
            LogReadable(_path);
        if (look.Problem is { } problem)
            LogKeptOldKeys(problem);
        RevokeExpired();
        Uses.WriteWhenDue();
    }

    private void Use(byte[] bytes)
    {
        var old = _keys;
        _keys = ApiKeyFile.Parse(_path, bytes).Keys.ToFrozenDictionary(
            e => e.Id, e => KnownKey.From(e, old.GetValueOrDefault(e.Id)), StringComparer.Ordinal);
        _byCertificate = _keys.Values.Where(key => key.Certificate is not null).ToFrozenDictionary(key => key.Certificate!, StringComparer.Ordinal);
        lock (_everKnown)
            _everKnown.UnionWith(_keys.Keys);
        foreach (var (id, key) in old)
        {
            if (ReferenceEquals(_keys.GetValueOrDefault(id)?.Principal, key.Principal))
                continue;
            LogRevoked(id);
            key.Revoke();
        }
    }

    private void RevokeExpired()
    {
        foreach (var key in _keys.Values)
        {
            if (key.HasExpired(_time.GetUtcNow()))
                key.Revoke();
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The API keys stay as they were: {Reason}")]
    private partial void LogKeptOldKeys(string reason);

    [LoggerMessage(2, LogLevel.Information, "The API key file '{Path}' can be used again")]
    private partial void LogReadable(string path);

    [LoggerMessage(3, LogLevel.Information, "API key {Key} was removed or changed: its streams and calls end")]
    private partial void LogRevoked(string key);

    [LoggerMessage(4, LogLevel.Warning, "The API key file '{Path}' is readable by other users of this machine; give it the permissions 0600")]
    private partial void LogOpenToOthers(string path);
}
