namespace Granary.Simulator.World;

/// <summary>A metric of the infrastructure: its usual level and by how much it follows the day.</summary>
internal sealed record Gauge(string Metric, string Label, string Formatter, double Base, double Swing);

/// <summary>The metrics that each kind of entity has.</summary>
internal static class Gauges
{
    private static readonly Gauge Cpu = new("cpu.user", "CPU user", "PERCENTAGE", 0.18, 0.3);
    private static readonly Gauge Memory = new("memory.used", "Memory used", "BYTES", 2_000_000_000, 600_000_000);

    private static readonly Dictionary<string, Gauge[]> All = new()
    {
        ["host"] =
        [
            Cpu, new("cpu.sys", "CPU system", "PERCENTAGE", 0.04, 0.06), new("cpu.steal", "CPU steal", "PERCENTAGE", 0.01, 0.02), Memory,
            new("memory.free", "Memory free", "PERCENTAGE", 0.35, 0.1), new("filesystem.used", "File system used", "PERCENTAGE", 0.55, 0.05),
            new("load.1min", "Load", "NUMBER", 1, 3),
        ],
        ["process"] = [new("cpu.user", "CPU user", "PERCENTAGE", 0.05, 0.2), new("mem.virtual", "Virtual memory", "BYTES", 800_000_000, 100_000_000),
            new("openFiles.current", "Open files", "NUMBER", 80, 30)],
        ["docker"] = [new("cpu.total_usage", "CPU", "PERCENTAGE", 0.06, 0.2), new("memory.usage", "Memory", "BYTES", 300_000_000, 80_000_000),
            new("network.rx.bytes", "Bytes in", "BYTES", 50_000, 90_000)],
        ["kubernetesPod"] = [new("cpuRequests", "CPU requests", "NUMBER", 0.5, 0), new("memoryRequests", "Memory requests", "BYTES", 268_435_456, 0),
            new("container_count", "Containers", "NUMBER", 1, 0)],
        ["kubernetesDeployment"] = [new("availableReplicas", "Available replicas", "NUMBER", 1, 0), new("desiredReplicas", "Desired replicas", "NUMBER", 1, 0)],
        ["kubernetesNamespace"] = [new("pods.count", "Pods", "NUMBER", 11, 0)],
        ["kubernetesNode"] = [new("allocatedCapacityCpuRatio", "CPU allocated", "PERCENTAGE", 0.4, 0.1)],
        ["kubernetesCluster"] = [new("nodes.count", "Nodes", "NUMBER", 3, 0), new("pods.count", "Pods", "NUMBER", 11, 0)],
        ["ibmMqQueueManager"] = [new("connectionCount", "Connections", "NUMBER", 12, 6), new("status", "Status", "NUMBER", 2, 0)],
        ["ibmMqQueue"] = [new("currentDepth", "Current depth", "NUMBER", 20, 200), new("maxDepth", "Maximum depth", "NUMBER", 5000, 0),
            new("oldestMsgAge", "Age of the oldest message", "SECONDS", 1, 3)],
        ["ibmMqChannel"] = [new("messages", "Messages", "RATE", 20, 40), new("bytesSent", "Bytes sent", "BYTES", 20_000, 40_000)],
    };

    public static IReadOnlyList<Gauge> Of(string plugin) => All.GetValueOrDefault(plugin, []);

    public static Gauge? Find(string plugin, string metric) => Of(plugin).FirstOrDefault(gauge => gauge.Metric == metric);
}
