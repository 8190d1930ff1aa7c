using System.Text;
using Granary.Vault.Keys;
using Granary.Vault.Redis.Archive;

namespace Granary.Vault.Redis.Connections;

/// <summary>How this process reaches Redis, and the key that keeps secrets from it.</summary>
public sealed record RedisSettings
{
    /// <summary>Servers and options in StackExchange.Redis' notation; it may hold a password.</summary>
    public required string Configuration { get; init; }

    /// <summary>What every key and channel begins with.</summary>
    public string Prefix { get; init; } = "granary";

    /// <summary>How many replicas must have an append before it is acknowledged.</summary>
    public int Replicas { get; init; }

    /// <summary>The key-encryption keys; null where this process holds no vault keys and was given none.</summary>
    public KeyRing? Keys { get; init; }

    /// <summary>Where full segments of vaults go, and are read from; null where they stay in Redis.</summary>
    public SealedSegments? Archive { get; init; }

    /// <summary>Shows no password.</summary>
    private bool PrintMembers(StringBuilder text)
    {
        text.Append("Prefix = ").Append(Prefix).Append(", Replicas = ").Append(Replicas);
        return true;
    }
}
