using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers;

/// <summary>Two tools that ask a question instead of naming an endpoint; they join what several requests bring.</summary>
internal static class InsightTools
{
    private static readonly InstanaParameter Service = Text("service_name", "Service by its name; * for all").Here() with { TakesStar = true };

    public static IReadOnlyList<InstanaToolDefinition> Tools { get; } =
    [
        new()
        {
            Name = "application_insights",
            Title = "Instana application insights",
            Category = "app",
            IsFlat = true,
            DefaultOperation = "application_insights",
            Description = "Calls, errors and latency by name. Nothing named: all applications. application_name: its services; with service_name *: its endpoints. "
                + "service_name: its endpoints; *: all services. With plugin_type also the infrastructure below the service.",
            Operations =
            [
                Known(
                    "application_insights", "Metrics of applications, services or endpoints",
                    AppId, AppName, Named("service_id", "Service", "service_name", "services"), Service,
                    Text("plugin_type", "Plugin of the infrastructure below a service, e.g. host"),
                    Metrics, Whole("max_items", "Most items", 1, 200, 50)) with { Period = Frame, MetricCatalog = "application_metrics" },
            ],
        },
        new()
        {
            Name = "infrastructure_metrics_insights",
            Title = "Instana infrastructure insights",
            Category = "infra",
            IsFlat = true,
            DefaultOperation = "infrastructure_metrics_insights",
            Description = "CPU, memory and other infrastructure metrics of what a service, or an application's services, run on; or of a Dynamic Focus query.",
            Operations =
            [
                Known(
                    "infrastructure_metrics_insights", "Infrastructure metrics of services",
                    AppId, AppName, Named("service_id", "Service", "service_name", "services"), Text("service_name", "Service by its name").Here(),
                    Texts("metrics", "Metric ids; default CPU and memory of the plugin") with { MaxItems = 5 },
                    Text("plugin", "Plugin id; default host, then what there is"), Text("query", "Dynamic Focus query instead of a name", 2048),
                    Choice("rollup", "Seconds of one point", ["1", "5", "60", "300", "3600"])) with { Period = Frame },
            ],
        },
    ];
}
