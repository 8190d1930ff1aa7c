using System.Collections.Immutable;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Legacy.Sessions;

/// <summary>What a client asked to be remembered of its legacy session, and whether it ended it.</summary>
internal sealed class SessionMemory
{
    /// <summary>How many subscriptions a session may have.</summary>
    public const int MaxSubscriptions = 1_000;

    /// <summary>The memory of a session that has ended.</summary>
    public static SessionMemory Ended { get; } = new() { IsEnded = true };

    private readonly Lock _lock = new();
    private volatile ImmutableDictionary<string, string> _subscriptions = ImmutableDictionary<string, string>.Empty;

    /// <summary>True once the client ended the session, through whichever gateway.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>The level the client set, or null where it never set one.</summary>
    public LoggingLevel? LogLevel { get; private set; }

    /// <summary>The resources it subscribed to: canonical URI, and how the client spells it.</summary>
    public IReadOnlyDictionary<string, string> Subscriptions => _subscriptions;

    public bool IsEmpty => LogLevel is null && !IsEnded && _subscriptions.IsEmpty;

    /// <summary>Something changed. The argument is true when it may have changed some time ago.</summary>
    public event Action<bool>? Changed;

    public void Apply(MemoryChange change)
    {
        lock (_lock)
        {
            switch (change.Kind)
            {
                case MemoryChangeKind.LogLevel:
                    LogLevel = change.Level;
                    break;
                case MemoryChangeKind.Subscribe:
                    _subscriptions = _subscriptions.SetItem(change.Uri, change.Spelled);
                    break;
                default:
                    _subscriptions = _subscriptions.Remove(change.Uri);
                    break;
            }
        }
        Changed?.Invoke(false);
    }

    /// <summary>Takes over what another source knows.</summary>
    public void Replace(bool isEnded, LoggingLevel? logLevel, ImmutableDictionary<string, string> subscriptions, bool late)
    {
        lock (_lock)
        {
            IsEnded |= isEnded;
            LogLevel = logLevel;
            _subscriptions = subscriptions;
        }
        Changed?.Invoke(late);
    }
}

/// <summary>One change to a session's memory.</summary>
/// <param name="Kind">What changes.</param>
/// <param name="Uri">The canonical URI, for subscriptions.</param>
/// <param name="Spelled">The URI as the client spells it.</param>
/// <param name="Level">The log level.</param>
internal readonly record struct MemoryChange(MemoryChangeKind Kind, string Uri = "", string Spelled = "", LoggingLevel Level = default);

internal enum MemoryChangeKind
{
    LogLevel,
    Subscribe,
    Unsubscribe,
}
