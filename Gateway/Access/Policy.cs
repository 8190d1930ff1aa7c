using System.Collections.Frozen;
using System.Security.Cryptography;
using Granary.Gateway.Health;

namespace Granary.Gateway.Access;

/// <summary>
/// The policy in force. The file is read every two seconds and compared by its content; one that cannot be used leaves the last good policy in force, is
/// logged once for each reason, and makes the gateway not ready when it cannot be used twice in a row: nothing could be forbidden through it.
/// </summary>
internal sealed partial class Policy : IReadiness, IDisposable
{
    public static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(2);

    private const int FailuresUntilNotReady = 2;

    private readonly ILogger<Policy> _log;
    private readonly ITimer? _timer;
    private volatile FrozenDictionary<(string Tenant, string Caller), PolicyRules> _rules = FrozenDictionary<(string Tenant, string Caller), PolicyRules>.Empty;
    private byte[] _digest = [];
    private string? _problem;
    private volatile int _failures;
    private int _reading;

    private Policy() => _log = Microsoft.Extensions.Logging.Abstractions.NullLogger<Policy>.Instance;

    /// <summary>No policy: scopes alone decide.</summary>
    public static Policy None { get; } = new();

    /// <exception cref="InvalidDataException">The file cannot be used: a gateway does not start without its policy.</exception>
    public Policy(PolicyLocation location, TimeProvider time, ILogger<Policy> log)
    {
        var path = location.Path;
        _log = log;
        if (path is null)
            return;
        Read(path);
        _timer = time.CreateTimer(_ => Look(path), null, ReadEvery, ReadEvery);
    }

    public bool IsReady => _failures < FailuresUntilNotReady;

    /// <summary>Whether both a tenant's rules and those of the caller permit a call.</summary>
    public bool Permits(Principal caller, in CallTarget call)
    {
        var rules = _rules;
        return rules.Count == 0
            || ((!rules.TryGetValue((caller.Tenant.Value, ""), out var tenant) || tenant.Permits(call))
                && (!rules.TryGetValue((caller.Tenant.Value, caller.Name), out var own) || own.Permits(call)));
    }

    public void Dispose() => _timer?.Dispose();

    private void Look(string path)
    {
        if (Interlocked.Exchange(ref _reading, 1) == 1)
            return;
        try
        {
            if (Read(path))
                LogRead(path);
            (_failures, _problem) = (0, null);
        }
        catch (InvalidDataException e)
        {
            _failures++;
            if (_problem != e.Message)
                LogKept(e.Message);
            _problem = e.Message;
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }

    private bool Read(string path)
    {
        var bytes = ReadBytes(path);
        var digest = SHA256.HashData(bytes);
        if (digest.AsSpan().SequenceEqual(_digest))
            return false;
        _rules = PolicyFile.Parse(path, bytes);
        _digest = digest;
        return true;
    }

    private static byte[] ReadBytes(string path)
    {
        const int MaxBytes = 16 * 1024 * 1024;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > MaxBytes)
                throw new InvalidDataException($"The policy file '{path}' is longer than {MaxBytes} bytes.");
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"The policy file '{path}' cannot be read: {e.Message}", e);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The policy stays as it was: {Reason}")]
    private partial void LogKept(string reason);

    [LoggerMessage(2, LogLevel.Information, "The policy file '{Path}' was read: it is in force from now on")]
    private partial void LogRead(string path);
}

/// <summary>Where the policy file is; null for none.</summary>
internal sealed record PolicyLocation(string? Path);
