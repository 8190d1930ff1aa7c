using Granary.Simulator.World;

namespace Granary.Simulator.Infrastructure;

/// <summary>The tags of entities.</summary>
internal static class InfraTags
{
    public static IReadOnlyList<(string Level, string Name, string Label, string Type)> All { get; } =
    [
        ("Host", "host.name", "Host name", "STRING"), ("Host", "zone", "Zone", "STRING"), ("Host", "label", "Label", "STRING"),
        ("Kubernetes", "kubernetes.cluster.name", "Cluster", "STRING"), ("Kubernetes", "kubernetes.namespace.name", "Namespace", "STRING"),
        ("Kubernetes", "kubernetes.deployment.name", "Deployment", "STRING"), ("Kubernetes", "kubernetes.pod.name", "Pod", "STRING"),
        ("Service", "service.name", "Service", "STRING"), ("IBM MQ", "ibmmq.queueManager.name", "Queue manager", "STRING"),
        ("IBM MQ", "ibmmq.queue.name", "Queue", "STRING"),
    ];

    /// <summary>An entity's values of a tag; null for a tag that does not exist.</summary>
    public static IReadOnlyList<string>? Of(Entity entity, string name)
    {
        if (entity.Tags.TryGetValue(name, out var value))
            return [value];
        return name == "label" ? [entity.Label] : All.Any(tag => tag.Name == name) ? [] : null;
    }
}
