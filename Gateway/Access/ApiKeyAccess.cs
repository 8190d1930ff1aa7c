using System.Collections.Frozen;
using System.Security.Cryptography;
using Granary.Tenants;

namespace Granary.Gateway.Access;

/// <summary>
/// Callers prove themselves with <c>Authorization: Bearer grk_…</c> or <c>X-API-Key</c>. The key file is read again when it changes;
/// a broken new version is logged and the last good one stays in force.
/// </summary>
internal sealed partial class ApiKeyAccess : IAccess
{
    private const string Challenge = "Bearer realm=\"granary\"";
    private static readonly TimeSpan RereadAfter = TimeSpan.FromSeconds(2);
    private static readonly byte[] NoSalt = new byte[16];
    private static readonly byte[] NoHash = new byte[32];

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger<ApiKeyAccess> _log;
    private volatile Snapshot _snapshot;

    public ApiKeyAccess(string path, TimeProvider time, ILogger<ApiKeyAccess> log)
    {
        _path = path;
        _time = time;
        _log = log;
        _snapshot = Read();
    }

    public ValueTask<AccessDecision> AuthenticateAsync(HttpContext context)
    {
        var text = Presented(context.Request.Headers);
        if (text is null)
            return new(AccessDecision.Refuse(Challenge, "This gateway asks for an API key: send 'Authorization: Bearer <key>'."));
        var known = Current().Keys;
        Key? key = null;
        var secret = "";
        if (ApiKey.TryRead(text, out var id, out var given))
        {
            secret = given;
            known.TryGetValue(id, out key);
        }
        // The same work for an unknown id as for a wrong secret, so that timing tells neither.
        var matches = CryptographicOperations.FixedTimeEquals(ApiKey.Hash(key?.Salt ?? NoSalt, secret), key?.Hash ?? NoHash);
        return new(key is not null && matches
            ? AccessDecision.Allow(key.Principal)
            : AccessDecision.Refuse(Challenge + ", error=\"invalid_token\"", "The API key is not valid."));
    }

    private static string? Presented(IHeaderDictionary headers)
    {
        const string Scheme = "Bearer ";
        var authorization = headers.Authorization;
        if (authorization.Count == 1 && authorization[0] is { } value && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return value[Scheme.Length..].Trim();
        return headers.TryGetValue("X-API-Key", out var key) && key.Count == 1 ? key[0] : null;
    }

    private Snapshot Current()
    {
        var snapshot = _snapshot;
        if (_time.GetElapsedTime(snapshot.CheckedAt) < RereadAfter)
            return snapshot;
        try
        {
            snapshot = File.GetLastWriteTimeUtc(_path) == snapshot.Written ? snapshot with { CheckedAt = _time.GetTimestamp() } : Read();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            LogKeptOldKeys(e.Message);
            snapshot = snapshot with { CheckedAt = _time.GetTimestamp() };
        }
        return _snapshot = snapshot;
    }

    private Snapshot Read()
    {
        var written = File.GetLastWriteTimeUtc(_path);
        var keys = ApiKeyFile.Load(_path).Keys.ToFrozenDictionary(
            e => e.Id,
            e => new Key(new Principal(TenantId.Parse(e.Tenant), e.Id, e.Scopes.ToFrozenSet()), e.Salt, e.Hash),
            StringComparer.Ordinal);
        return new Snapshot(keys, written, _time.GetTimestamp());
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The API keys stay as they were: {Reason}")]
    private partial void LogKeptOldKeys(string reason);

    private sealed record Key(Principal Principal, byte[] Salt, byte[] Hash);

    private sealed record Snapshot(FrozenDictionary<string, Key> Keys, DateTime Written, long CheckedAt);
}
