using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Granary.Gateway.Health;

namespace Granary.Gateway.Access;

/// <summary>
/// The keys in force. The file is read every two seconds and compared by its content: a mounted secret, a copy or an archive may put another file
/// in its place with the same time. Then:
/// 1. keys that are gone, or say something else now, are revoked, which ends their streams and running calls;
/// 2. a file that cannot be used keeps the last good keys in force, is logged once for each reason, and counts in a metric;
/// 3. where it cannot be used twice in a row, the gateway is not ready: nobody could be shut out through it.
/// </summary>
internal sealed partial class ApiKeys : IReadiness, IDisposable
{
    /// <summary>Half of what a deleted key may stay valid, less the time a slow disk takes.</summary>
    public static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(2);

    private const int FailuresUntilNotReady = 2;

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger<ApiKeys> _log;
    private readonly ITimer _timer;
    private readonly HashSet<string> _everKnown = new(StringComparer.Ordinal);
    private volatile FrozenDictionary<string, KnownKey> _keys = FrozenDictionary<string, KnownKey>.Empty;
    private byte[] _digest = [];
    private string? _problem;
    private volatile int _failures;
    private int _reading;

    /// <exception cref="InvalidDataException">The file cannot be used: a gateway does not start without its keys.</exception>
    public ApiKeys(string path, TimeProvider time, IMeterFactory meters, ILogger<ApiKeys> log, ILogger<KeyUses> useLog)
    {
        (_path, _time, _log) = (path, time, log);
        Uses = new KeyUses(path, time, useLog);
        Read();
        if (PrivateFile.IsOpenToOthers(path))
            LogOpenToOthers(path);
        var meter = meters.Create("Granary.Gateway");
        meter.CreateObservableGauge("granary.api_keys.count", () => _keys.Count, "{key}", "API keys in force.");
        meter.CreateObservableGauge(
            "granary.api_keys.unreadable", () => _failures > 0 ? 1 : 0, description: "1 while the API key file cannot be used and older keys stay in force.");
        _timer = time.CreateTimer(_ => Look(), null, ReadEvery, ReadEvery);
    }

    /// <summary>When each was last used.</summary>
    public KeyUses Uses { get; }

    public bool IsReady => _failures < FailuresUntilNotReady;

    public KnownKey? Find(string id) => _keys.GetValueOrDefault(id);

    /// <summary>Whether a key of this id is or was in force: others may be pieces of a secret, and are not logged.</summary>
    public bool Knew(string id)
    {
        lock (_everKnown)
            return _everKnown.Contains(id);
    }

    public void Dispose()
    {
        _timer.Dispose();
        Uses.Write();
    }

    private void Look()
    {
        if (Interlocked.Exchange(ref _reading, 1) == 1)
            return;
        try
        {
            Read();
            if (_failures > 0)
                LogReadable(_path);
            (_failures, _problem) = (0, null);
        }
        catch (InvalidDataException e)
        {
            _failures++;
            if (_problem != e.Message)
                LogKeptOldKeys(e.Message);
            _problem = e.Message;
        }
        finally
        {
            RevokeExpired();
            Uses.WriteWhenDue();
            Volatile.Write(ref _reading, 0);
        }
    }

    private void Read()
    {
        var bytes = ApiKeyFile.ReadBytes(_path);
        var digest = SHA256.HashData(bytes);
        if (digest.AsSpan().SequenceEqual(_digest))
            return;
        var old = _keys;
        _keys = ApiKeyFile.Parse(_path, bytes).Keys.ToFrozenDictionary(
            e => e.Id, e => KnownKey.From(e, old.GetValueOrDefault(e.Id)), StringComparer.Ordinal);
        _digest = digest;
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
