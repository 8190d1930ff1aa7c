namespace Granary.Simulator.World;

/// <summary>An endpoint of a service: how often it is called in a minute, how long it takes, and the service that it calls in turn.</summary>
internal sealed record ShopEndpoint(string Id, string Label, string Type, string ServiceId, int CallsPerMinute, double LatencyMs, string? Calls);

/// <summary>A service: where it runs, what it is made with, and its endpoints.</summary>
internal sealed record ShopService(string Id, string Name, string Type, string Technology, string Host, IReadOnlyList<ShopEndpoint> Endpoints)
{
    public string Pod => Name + "-6c9df";

    /// <summary>The first endpoint that calls another service: where trouble shows when that service fails.</summary>
    public ShopEndpoint? Relay => Endpoints.FirstOrDefault(endpoint => endpoint.Calls is not null);
}

/// <summary>An application perspective: a choice of services.</summary>
internal sealed record ShopApplication(string Id, string Label, string BoundaryScope, IReadOnlyList<string> Services);

/// <summary>The things of the world and how they hang together; the same for every seed.</summary>
internal sealed class Topology
{
    public const string Namespace = "robot-shop";
    public const string Cluster = "shop-cluster";

    private readonly Dictionary<string, ShopService> _services;
    private readonly Dictionary<string, ShopEndpoint> _endpoints;

    public Topology(int hosts)
    {
        Hosts = [.. Enumerable.Range(1, Math.Max(3, hosts)).Select(i => $"host-{i}")];
        _services = Services.ToDictionary(service => service.Id);
        _endpoints = Services.SelectMany(service => service.Endpoints).ToDictionary(endpoint => endpoint.Id);
        Entities = new EntityCatalog(this);
    }

    public IReadOnlyList<string> Hosts { get; }

    public EntityCatalog Entities { get; }

    public IReadOnlyList<ShopService> Services { get; } =
    [
        Service("svc-cat", "catalogue", "HTTP", "nodeJsRuntimePlatform", "host-1", ("GET /products", 90, 35, "svc-mongo"), ("GET /categories", 40, 12, null)),
        Service("svc-cart", "cart", "HTTP", "nodeJsRuntimePlatform", "host-1", ("GET /cart/{id}", 60, 18, "svc-redis"), ("POST /cart/add", 30, 25, null)),
        Service("svc-rat", "ratings", "HTTP", "phpRuntimePlatform", "host-2", ("GET /api/fetch", 45, 40, "svc-mysql"), ("GET /_health", 20, 3, null)),
        Service("svc-pay", "payment", "HTTP", "pythonRuntimePlatform", "host-2", ("POST /pay/{id}", 24, 120, "svc-mq"), ("GET /health", 20, 2, null)),
        Service("svc-ship", "shipping", "HTTP", "jvmRuntimePlatform", "host-3", ("GET /calc/{id}", 25, 60, "svc-mysql"), ("GET /cities/{code}", 30, 15, null)),
        Service("svc-user", "user", "HTTP", "nodeJsRuntimePlatform", "host-3", ("POST /login", 30, 45, "svc-mongo"), ("GET /uniqueid", 40, 5, null)),
        Service("svc-web", "web", "HTTP", "nginx", "host-1", ("GET /api/catalogue", 90, 48, "svc-cat"), ("GET /", 120, 8, null)),
        Service("svc-mysql", "mysql", "DATABASE", "mySqlDatabase", "host-2", ("SELECT ratings", 70, 9, null)),
        Service("svc-mongo", "mongodb", "DATABASE", "mongoDb", "host-1", ("find products", 120, 6, null)),
        Service("svc-redis", "redis", "DATABASE", "redis", "host-3", ("GET cart", 60, 1, null)),
        Service("svc-mq", "orders-queue", "MESSAGING", "ibmMqQueueManager", "host-2", ("SHOP.ORDERS", 24, 4, null)),
    ];

    public IReadOnlyList<ShopApplication> Applications { get; } =
    [
        new("app-robot", "Robot Shop", "INBOUND", ["svc-cat", "svc-cart", "svc-rat", "svc-pay", "svc-ship", "svc-user", "svc-web"]),
        new("app-payments", "Payments", "ALL", ["svc-pay", "svc-mq"]),
    ];

    public IEnumerable<ShopEndpoint> Endpoints => _endpoints.Values;

    public ShopService? Service(string id) => _services.GetValueOrDefault(id);

    public ShopEndpoint? Endpoint(string id) => _endpoints.GetValueOrDefault(id);

    public ShopApplication? Application(string id) => Applications.FirstOrDefault(application => application.Id == id);

    public ShopService ServiceOf(ShopEndpoint endpoint) => _services[endpoint.ServiceId];

    /// <summary>The applications that a service belongs to; databases belong to those of their callers.</summary>
    public IEnumerable<ShopApplication> ApplicationsOf(string serviceId) => Applications.Where(application => application.Services.Contains(serviceId));

    /// <summary>Which service calls which: the edges of the service map.</summary>
    public IEnumerable<(ShopService From, ShopEndpoint Through, ShopService To)> Connections => Services
        .SelectMany(from => from.Endpoints.Where(endpoint => endpoint.Calls is not null).Select(endpoint => (from, endpoint, _services[endpoint.Calls!])));

    private static ShopService Service(string id, string name, string type, string technology, string host,
        params (string Label, int Calls, double Latency, string? Target)[] endpoints) =>
        new(id, name, type, technology, host,
            [.. endpoints.Select((one, i) => new ShopEndpoint($"ep-{id[4..]}-{i + 1}", one.Label, type, id, one.Calls, one.Latency, one.Target))]);
}
