namespace Granary.Grains.Connections;

/// <summary>Why the last silo could not be trusted, for a process that is not in the cluster yet: it ends with this sentence instead of waiting.</summary>
internal sealed class ClusterRefusals
{
    private volatile string? _last;

    /// <summary>The sentence; null where none was refused, or where a silo was accepted since.</summary>
    public string? Last
    {
        get => _last;
        set => _last = value;
    }
}

/// <summary>This process and the cluster do not trust each other; nothing will change that but its configuration.</summary>
public sealed class ClusterRefusedException(string message) : IOException(message);
