namespace Granary.Simulator.World;

/// <summary>The entities of the infrastructure: hosts, Kubernetes, containers and processes of every service, IBM MQ.</summary>
internal sealed class EntityCatalog
{
    private readonly Dictionary<string, Entity> _byId;

    public EntityCatalog(Topology topology)
    {
        All = [.. Hosts(topology), .. Kubernetes(topology), .. topology.Services.SelectMany(Workload), .. Queues()];
        _byId = All.ToDictionary(entity => entity.Id);
    }

    /// <summary>The kinds there are: plugin, label, and the plugin's long name.</summary>
    public static IReadOnlyList<(string Plugin, string Label, string PluginId)> Plugins { get; } =
    [
        ("host", "Host", "com.instana.forge.infrastructure.os.host.Host"),
        ("process", "Process", "com.instana.forge.infrastructure.process.Process"),
        ("docker", "Docker Container", "com.instana.forge.infrastructure.virtualization.docker.Docker"),
        ("kubernetesPod", "Kubernetes Pod", "com.instana.forge.infrastructure.kubernetes.KubernetesPod"),
        ("kubernetesDeployment", "Kubernetes Deployment", "com.instana.forge.infrastructure.kubernetes.KubernetesDeployment"),
        ("kubernetesNamespace", "Kubernetes Namespace", "com.instana.forge.infrastructure.kubernetes.KubernetesNamespace"),
        ("kubernetesNode", "Kubernetes Node", "com.instana.forge.infrastructure.kubernetes.KubernetesNode"),
        ("kubernetesCluster", "Kubernetes Cluster", "com.instana.forge.infrastructure.kubernetes.KubernetesCluster"),
        ("ibmMqQueueManager", "IBM MQ Queue Manager", "com.instana.plugin.ibmmq.QueueManager"),
        ("ibmMqQueue", "IBM MQ Queue", "com.instana.plugin.ibmmq.Queue"),
        ("ibmMqChannel", "IBM MQ Channel", "com.instana.plugin.ibmmq.Channel"),
    ];

    public IReadOnlyList<Entity> All { get; }

    public Entity? Find(string id) => _byId.GetValueOrDefault(id);

    private static string PluginId(string plugin) => Plugins.First(known => known.Plugin == plugin).PluginId;

    private static Entity Make(string id, string plugin, string label, string host, string? parent, params (string Name, string Value)[] tags) =>
        new(id, plugin, PluginId(plugin), label, host)
    {
        Parent = parent,
        Tags = tags.Append(("host.name", host)).ToDictionary(tag => tag.Item1, tag => tag.Item2),
    };

    private static IEnumerable<Entity> Hosts(Topology topology) =>
        topology.Hosts.Select((host, i) => Make(host, "host", host, host, null, ("zone", "zone-" + (char)('a' + (i % 3)))));

    private static IEnumerable<Entity> Kubernetes(Topology topology) =>
    [
        Make("k8s-cluster", "kubernetesCluster", Topology.Cluster, "host-1", null, ("kubernetes.cluster.name", Topology.Cluster)),
        Make("k8s-ns", "kubernetesNamespace", Topology.Namespace, "host-1", "k8s-cluster", ("kubernetes.cluster.name", Topology.Cluster),
            ("kubernetes.namespace.name", Topology.Namespace)),
        .. topology.Hosts.Take(3).Select(host => Make("node-" + host, "kubernetesNode", host, host, "k8s-cluster",
            ("kubernetes.cluster.name", Topology.Cluster))),
    ];

    private static IEnumerable<Entity> Workload(ShopService service)
    {
        (string, string)[] tags = [("kubernetes.cluster.name", Topology.Cluster), ("kubernetes.namespace.name", Topology.Namespace),
            ("service.name", service.Name)];
        (string, string)[] inPod = [.. tags, ("kubernetes.pod.name", service.Pod), ("kubernetes.deployment.name", service.Name)];
        return
        [
            Make("dep-" + service.Name, "kubernetesDeployment", $"{Topology.Namespace}/{service.Name} (deployment)", service.Host, "k8s-ns", tags),
            Make("pod-" + service.Name, "kubernetesPod", $"{Topology.Namespace}/{service.Pod} (pod)", service.Host, "dep-" + service.Name, inPod),
            Make("ctr-" + service.Name, "docker", service.Name, service.Host, "pod-" + service.Name, inPod),
            Make("proc-" + service.Name, "process", service.Name, service.Host, "ctr-" + service.Name, inPod),
        ];
    }

    private static IEnumerable<Entity> Queues() =>
    [
        Make("mq-qm1", "ibmMqQueueManager", "QM1", "host-2", "host-2", ("ibmmq.queueManager.name", "QM1")),
        Make("mq-orders", "ibmMqQueue", "SHOP.ORDERS", "host-2", "mq-qm1", ("ibmmq.queueManager.name", "QM1"), ("ibmmq.queue.name", "SHOP.ORDERS")),
        Make("mq-dead", "ibmMqQueue", "SHOP.DEAD", "host-2", "mq-qm1", ("ibmmq.queueManager.name", "QM1"), ("ibmmq.queue.name", "SHOP.DEAD")),
        Make("mq-channel", "ibmMqChannel", "SHOP.TO.DISPATCH", "host-2", "mq-qm1", ("ibmmq.queueManager.name", "QM1")),
    ];
}
