using System.Collections.Frozen;
using Granary.Hosting.Health;
using Granary.Tenants;
using Granary.Vault.OutsideFiles;

namespace Granary.Gateway.Access;

/// <summary>The policy in force; see <see cref="WatchedFile"/> for how its file is followed.</summary>
internal sealed partial class Policy : IReadiness, IDisposable
{
    private const int MaxBytes = 16 * 1024 * 1024;

    private readonly ILogger<Policy> _log;
    private readonly WatchedFile? _file;
    private volatile FrozenDictionary<(string Tenant, string Caller), PolicyRules> _rules = FrozenDictionary<(string Tenant, string Caller), PolicyRules>.Empty;

    private Policy() => _log = Microsoft.Extensions.Logging.Abstractions.NullLogger<Policy>.Instance;

    /// <summary>No policy: scopes alone decide.</summary>
    public static Policy None { get; } = new();

    /// <exception cref="InvalidDataException">The file cannot be used: a gateway does not start without its policy.</exception>
    public Policy(PolicyLocation location, TimeProvider time, ILogger<Policy> log)
    {
        _log = log;
        if (location.Path is not { } path)
            return;
        _file = new WatchedFile(path, "policy file", MaxBytes, bytes => _rules = PolicyFile.Parse(path, bytes));
        _file.Start(time, look => Report(path, look));
    }

    public bool IsReady => _file?.IsReady ?? true;

    /// <summary>Whether both a tenant's rules and those of the caller permit a call.</summary>
    public bool Permits(Principal caller, in CallTarget call)
    {
        var rules = _rules;
        return rules.Count == 0
            || ((!rules.TryGetValue((caller.Tenant.Value, ""), out var tenant) || tenant.Permits(call))
                && (!rules.TryGetValue((caller.Tenant.Value, caller.Name), out var own) || own.Permits(call)));
    }

    /// <summary>Whether everybody may read the log of a tenant's vault: its checkpoints and tiles, which hold no events.</summary>
    public bool IsPublic(TenantId tenant, in CallTarget call) => _rules.TryGetValue((tenant.Value, ""), out var rules) && rules.IsPublic(call);

    public void Dispose() => _file?.Dispose();

    private void Report(string path, FileLook look)
    {
        if (look.IsChanged)
            LogRead(path);
        if (look.Problem is { } problem)
            LogKept(problem);
    }

    [LoggerMessage(1, LogLevel.Error, "The policy stays as it was: {Reason}")]
    private partial void LogKept(string reason);

    [LoggerMessage(2, LogLevel.Information, "The policy file '{Path}' was read: it is in force from now on")]
    private partial void LogRead(string path);
}

/// <summary>Where the policy file is; null for none.</summary>
internal sealed record PolicyLocation(string? Path);
