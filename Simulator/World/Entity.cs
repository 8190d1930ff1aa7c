namespace Granary.Simulator.World;

/// <summary>Something with a snapshot: a host, a process, a pod, a queue.</summary>
internal sealed record Entity(string Id, string Plugin, string PluginId, string Label, string Host)
{
    /// <summary>The entity that it runs in or belongs to; null at the top.</summary>
    public string? Parent { get; init; }

    /// <summary>Tags that infrastructure can be filtered and grouped by.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}
