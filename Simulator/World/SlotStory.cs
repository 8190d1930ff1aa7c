namespace Granary.Simulator.World;

/// <summary>
/// What can happen in a slot of time. An incident is a story: a release, a busy host, and calls that fail because a service which they go
/// through does. What an event says and what values do come from the same effect.
/// </summary>
internal sealed class SlotStory(long slot, long start, Topology topology)
{
    private const long Minute = 60_000;

    private static readonly (string Problem, string Detail, string Fix, string Metric, double Level)[] HostTroubles =
    [
        ("CPU steal time is high", "CPU steal is above 10%.", "Move the host to a less busy machine or limit its neighbours.", "cpu.steal", 0.15),
        ("Disk is almost full", "More than 92% of /var/lib is used.", "Free space or enlarge the volume.", "filesystem.used", 0.94),
        ("Memory is exhausted", "Less than 3% of the memory is free.", "Find the process that grows, or give the host more memory.", "memory.free", 0.02),
    ];

    private static readonly (string Problem, string Detail)[] KubernetesNews =
    [
        ("BackOff", "Back-off restarting failed container"),
        ("Pulled", "Successfully pulled image"),
        ("FailedScheduling", "0/3 nodes are available: insufficient memory"),
        ("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503"),
    ];

    private static readonly (string Problem, string Detail, string Fix, string Process, string Service)[] AgentTroubles =
    [
        ("Monitoring issue: jvm_attach_generic", "The agent could not attach to the Java process.", "Run the process with the same user as the agent.",
            "java", "shipping"),
        ("Monitoring issue: mysql_connection_failed", "The agent could not log in to MySQL.", "Give the agent a user in its configuration.", "mysqld", "mysql"),
        ("Monitoring issue: nodejs_collector_not_installed", "The Node.js collector is not installed.", "Add the collector to the application.", "node",
            "catalogue"),
    ];

    private int _count;

    /// <summary>Services whose failing shows as an incident: those that somebody calls from outside.</summary>
    private List<ShopService> Fragile => [.. topology.Services.Where(service => service.Relay is not null)];

    public List<WorldEvent> Events { get; } = [];

    public List<Effect> Effects { get; } = [];

    public List<Release> Releases { get; } = [];

    public void Incident(ref Dice dice)
    {
        var service = dice.Pick(Fragile);
        var through = service.Relay!;
        var cause = topology.Service(through.Calls!)!;
        var began = start + (dice.Below(5) * Minute);
        var length = (20 + dice.Below(90)) * Minute;
        var deployment = Deployment(ref dice, service, began - Minute);
        var issue = Host(cause.Host, HostTroubles[0], began + (2 * Minute), length - (4 * Minute));
        Effects.Add(new Effect(through.Id, "errors", Measures.FailureRate, began, began + length));
        Events.Add(new WorldEvent(
            EventKind.Incident, Id("inc"), began, began + length,
            "Sudden increase in the number of erroneous calls", $"The rate of erroneous calls of {service.Name} is above 5%.", 10)
        {
            EntityType = "SERVICE",
            EntityName = "Service",
            EntityLabel = service.Name,
            FixSuggestion = "Look at the failing calls and at what changed shortly before.",
            SnapshotId = service.Id,
            ServiceId = service.Id,
            ApplicationId = topology.ApplicationsOf(service.Id).First().Id,
            SpecificationId = "spec-erroneous-calls",
            Metric = "errors",
            Recent = [issue, deployment],
            Cause = new RootCause(service, through, cause, Releases[^1].Id),
            IsCauseFound = dice.Chance(75),
            WritesPlainNames = slot % 2 == 0,
        });
    }

    public void HostIssue(ref Dice dice) =>
        Host(dice.Pick(topology.Hosts), dice.Pick(HostTroubles), start + (dice.Below(9) * Minute), (3 + dice.Below(50)) * Minute);

    public void Deployment(ref Dice dice) => Deployment(ref dice, dice.Pick(Fragile), start + (dice.Below(9) * Minute));

    public void Kubernetes(ref Dice dice)
    {
        var service = dice.Pick(Fragile);
        var news = dice.Pick(KubernetesNews);
        var at = start + (dice.Below(600) * 1000);
        Events.Add(new WorldEvent(EventKind.Kubernetes, Id("k8s"), at, at, news.Problem, $"{news.Detail} ({service.Name})", -2)
        {
            EntityName = "Kubernetes Pod",
            EntityLabel = $"{Topology.Namespace}/{service.Pod} (pod)",
            FixSuggestion = $"{news.Detail} ({service.Name})",
            SnapshotId = "pod-" + service.Name,
        });
    }

    public void Agent(ref Dice dice)
    {
        var trouble = dice.Pick(AgentTroubles);
        var at = start + (dice.Below(9) * Minute);
        Events.Add(new WorldEvent(EventKind.Agent, Id("agt"), at, at + ((5 + dice.Below(60)) * Minute), trouble.Problem, trouble.Detail, 5)
        {
            EntityName = "Process",
            EntityLabel = $"{trouble.Process} on {dice.Pick(topology.Hosts)}",
            FixSuggestion = trouble.Fix,
            SnapshotId = "proc-" + trouble.Service,
        });
    }

    private string Host(string host, (string Problem, string Detail, string Fix, string Metric, double Level) trouble, long at, long length)
    {
        Effects.Add(new Effect(host, trouble.Metric, trouble.Level, at, at + length));
        var id = Id("iss");
        Events.Add(new WorldEvent(EventKind.Issue, id, at, at + length, trouble.Problem, trouble.Detail, 5)
        {
            EntityLabel = host,
            FixSuggestion = trouble.Fix,
            SnapshotId = host,
            SpecificationId = "spec-" + trouble.Metric.Replace('.', '-'),
            Metric = trouble.Metric,
        });
        return id;
    }

    private string Deployment(ref Dice dice, ShopService service, long at)
    {
        var id = Id("chg");
        var minor = dice.Below(30);
        Releases.Add(new Release($"rel-{slot:x}-{Releases.Count}", $"{service.Name}-1.{minor}.2", at, service.Id));
        Events.Add(new WorldEvent(EventKind.Change, id, at, at, "Changed", $"image tag 1.{minor}.1 → 1.{minor}.2", -1)
        {
            EntityName = "Kubernetes Deployment",
            EntityLabel = $"{Topology.Namespace}/{service.Name} (deployment)",
            SnapshotId = "dep-" + service.Name,
        });
        return id;
    }

    private string Id(string kind) => $"ev-{kind}-{slot:x}-{_count++}";
}
