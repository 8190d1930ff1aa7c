namespace Granary.Grains.Connections;

/// <summary>What a process is in the cluster.</summary>
public enum ClusterRole
{
    /// <summary>It calls silos.</summary>
    Gateway,

    /// <summary>It holds tenants.</summary>
    Silo,
}
