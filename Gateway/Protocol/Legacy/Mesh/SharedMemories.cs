using System.Collections.Immutable;
using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Protocol.Messages;
using Granary.Vault.Redis.Connections;
using ModelContextProtocol.Protocol;
using StackExchange.Redis;

namespace Granary.Gateway.Protocol.Legacy.Mesh;

/// <summary>
/// The memories of sessions in Redis, one hash each, which expires with the session. A gateway reads it when it first sees the session and
/// keeps what it read; a gateway that changes it notifies the others, which read again. So a request on a session that was seen costs no round trip.
/// </summary>
internal sealed partial class SharedMemories(
    RedisLink link, Func<string, Task> tellOthers, SessionStates states, GatewayOptions options, TimeProvider time, ILogger log)
    : ISessionMemories
{
    private const int MaxSeen = 50_000;
    private const string EndedField = "ended";
    private const string LogField = "log";
    private const string SubscriptionField = "s:";

    private readonly LeaseTable<SeenSession> _seen = new(MaxSeen, time);
    private readonly ILogger _log = log;
    private readonly SharedQuota _remembered = new(
        link, "remembered", SessionBounds.Remembered(options.MaxSessionsPerKey, options.MaxSessionsPerTenant), options.SessionLifetime, time);
    private readonly SharedQuota _ended = new(
        link, "ended", SessionBounds.Ended(options.MaxSessionsPerKey, options.MaxSessionsPerTenant), options.SessionLifetime, time);
    private int _epoch;
    private volatile bool _hears;

    public ValueTask<SessionMemory?> RecallAsync(Session session) =>
        _seen.Find(session.Key) is { } seen && _hears && seen.Epoch == Volatile.Read(ref _epoch) ? new(seen.Memory) : new(LoadAsync(session));

    public SessionMemory? Find(Session session) => _seen.Find(session.Key)?.Memory;

    public async ValueTask ChangeAsync(Session session, MemoryChange change)
    {
        var key = Key(session.Key);
        var wasEmpty = Find(session) is not { IsEmpty: false };
        await StoreAsync(session, async () =>
        {
            if (wasEmpty && change.Kind != MemoryChangeKind.Unsubscribe)
                await _remembered.TakeAsync(session);
        }, () => change.Kind switch
        {
            MemoryChangeKind.LogLevel => link.Database.HashSetAsync(key, LogField, (int)change.Level),
            MemoryChangeKind.Subscribe => link.Database.HashSetAsync(key, SubscriptionField + change.Uri, change.Spelled),
            _ => link.Database.HashDeleteAsync(key, SubscriptionField + change.Uri),
        });
        if (change.Kind == MemoryChangeKind.Unsubscribe && Find(session) is { IsEmpty: true })
            await _remembered.ReturnAsync(session);
    }

    public async ValueTask EndAsync(Session session)
    {
        await StoreAsync(session, () => _ended.TakeAsync(session), () => link.Database.HashSetAsync(Key(session.Key), EndedField, 1));
        await _remembered.ReturnAsync(session);
    }

    public MemoryLease Hold(Session session, Action<bool> changed)
    {
        var seen = Enter(session);
        return new MemoryLease(seen.Memory, changed, () => _seen.Leave(session.Key, seen));
    }

    /// <summary>Another gateway changed what is remembered of a session.</summary>
    public async Task ChangedAsync(string session)
    {
        if (_seen.Find(session) is not { } seen)
            return;
        seen.Outdate();
        await RefreshAsync(session, seen, late: false);
    }

    /// <summary>Messages do not arrive any more, or not for sure: what was read is read again before it is used.</summary>
    public void Deafen() => _hears = false;

    /// <summary>Messages arrive again; some were missed.</summary>
    public async Task HearAsync()
    {
        Interlocked.Increment(ref _epoch);
        _hears = true;
        foreach (var (session, seen) in _seen.Used().ToList())
            await RefreshAsync(session, seen, late: true);
    }

    private RedisKey Key(string session) => $"{link.Prefix}:session:{session}";

    private SeenSession Enter(Session session) => _seen.Enter(session.Key, static expires => new SeenSession(expires), session.Expires);

    private async Task<SessionMemory?> LoadAsync(Session session)
    {
        var seen = Enter(session);
        try
        {
            // A session that cannot be looked up goes on with what is known of it here: its id alone proves that it was given to this caller.
            await RefreshAsync(session.Key, seen, late: false);
            return seen.Memory;
        }
        catch (MeshException e)
        {
            LogNotRecalled(e);
            return seen.Memory;
        }
        finally
        {
            _seen.Leave(session.Key, seen);
        }
    }

    private async Task StoreAsync(Session session, Func<Task> count, Func<Task> command)
    {
        var seen = Enter(session);
        try
        {
            await count();
            await link.RunAsync(async () =>
            {
                var stored = command();
                var expires = link.Database.KeyExpireAsync(Key(session.Key), session.Expires.UtcDateTime);
                await stored;
                await expires;
            });
            seen.Outdate();
            await RefreshAsync(session.Key, seen, late: false);
            await tellOthers(session.Key);
        }
        catch (MeshException e)
        {
            LogNotStored(e);
            throw new RpcException(
                RpcErrors.Internal, "The gateways share their sessions through Redis, which did not take this now. Try again in a moment.", 503);
        }
        finally
        {
            _seen.Leave(session.Key, seen);
        }
    }

    private async Task RefreshAsync(string session, SeenSession seen, bool late)
    {
        while (true)
        {
            var (version, epoch) = (seen.Version, Volatile.Read(ref _epoch));
            var fields = await link.RunAsync(() => link.Database.HashGetAllAsync(Key(session)));
            if (seen.Take(version, epoch, fields, late))
                break;
        }
        if (seen.Memory.IsEnded)
            states.Close(session);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A session goes on without what is remembered of it")]
    private partial void LogNotRecalled(Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What a session asked to be remembered could not be stored")]
    private partial void LogNotStored(Exception e);

    /// <summary>What this gateway read of one session.</summary>
    private sealed class SeenSession(DateTimeOffset expires) : Leased(expires)
    {
        private const int Outdated = -1;

        private readonly Lock _lock = new();
        private int _version;
        private int _epoch = Outdated;

        public SessionMemory Memory { get; } = new();

        public int Version => Volatile.Read(ref _version);

        public int Epoch => Volatile.Read(ref _epoch);

        // Kept until its room is needed: that it was seen is worth something too.
        public override bool IsIdle => false;

        public void Outdate()
        {
            lock (_lock)
            {
                _version++;
                _epoch = Outdated;
            }
        }

        /// <summary>Takes what was read; false when it changed meanwhile, and may be older than that.</summary>
        public bool Take(int version, int epoch, HashEntry[] fields, bool late)
        {
            var (isEnded, level, subscriptions) = (false, (LoggingLevel?)null, ImmutableDictionary.CreateBuilder<string, string>());
            foreach (var field in fields)
            {
                string name = field.Name!;
                if (name == EndedField)
                    isEnded = true;
                else if (name == LogField)
                    level = (LoggingLevel)(int)field.Value;
                else if (name.StartsWith(SubscriptionField, StringComparison.Ordinal))
                    subscriptions[name[SubscriptionField.Length..]] = field.Value!;
            }
            lock (_lock)
            {
                if (_version != version)
                    return false;
                _epoch = epoch;
                Memory.Replace(isEnded, level, subscriptions.ToImmutable(), late);
                return true;
            }
        }
    }
}
