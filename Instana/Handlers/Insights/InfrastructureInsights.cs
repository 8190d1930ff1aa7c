using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Instana.Http;
using Granary.Instana.Operations;
using Granary.Instana.Params;

namespace Granary.Instana.Handlers.Insights;

/// <summary>A service with the snapshots it runs on.</summary>
internal sealed record ServiceSnapshots(string Id, string Label, IReadOnlyList<string> Snapshots);

/// <summary>
/// Infrastructure metrics of what services run on: name → service → snapshots → metrics. Services of an application come in one request with
/// their snapshots; the metrics of all of them in another. Where nothing is found, the answer says at which step.
/// </summary>
internal static class InfrastructureInsights
{
    /// <summary>The classic metrics request takes no more.</summary>
    private const int MaxSnapshots = 30;

    private static readonly string[] Plugins = ["host", "process", "docker", "jvmRuntimePlatform", "kubernetesPod"];

    public static async Task<Answer> RunAsync(OperationContext context, CancellationToken cancellation)
    {
        var (application, service, query) = (context.Params.Text("application_id"), context.Params.Text("service_id"), context.Params.Text("query"));
        if (query is not null)
            return await MetricsAsync(context, [], query, context.Params.Text("plugin"), cancellation);
        if (application is null && service is null)
        {
            context.Params.Add(new InputProblem("service_name", "service_name, application_name or query is required.") { Example = "cart", IsMissing = true });
            return new Answer { Failure = AnswerEnvelope.Invalid(context.Row, context.Params) };
        }
        var services = service is null ? [] : (List<ServiceSnapshots>)[new ServiceSnapshots(service, context.Params.Text("service_name") ?? service, [])];
        return await OfServicesAsync(context, services, context.Params.Text("plugin"), cancellation);
    }

    /// <summary>Metrics below services; without any, of all services of the application.</summary>
    public static async Task<Answer> OfServicesAsync(OperationContext context, List<ServiceSnapshots> services, string? plugin, CancellationToken cancellation)
    {
        var application = context.Params.Text("application_id");
        var path = "/api/application-monitoring/" + (application is null ? "services" : $"applications;id={Uri.EscapeDataString(application)}/services");
        var window = context.Window!;
        var reply = await context.SendAsync(
            InstanaRequest.Get(path, RequestBuilder.Family(path), string.Create(CultureInfo.InvariantCulture, $"includeSnapshotIds=true&pageSize=200&windowSize={window.To - window.From}&to={window.To}")),
            cancellation);
        if (!Bodies.TryOpen(reply, ResultShape.Pages, out var node, out var failure))
            return Answer.Failed(context.Row, failure);
        var found = (Bodies.ListOf(node) ?? []).OfType<JsonObject>().Select(item => new ServiceSnapshots(
            Bodies.Text(item, "id") ?? "", Bodies.Text(item, "label") ?? "", [.. (item["snapshotIds"] as JsonArray ?? []).Select(Bodies.Text).OfType<string>()])).ToList();
        if (services.Count > 0)
            found = [.. found.Where(item => services.Exists(wanted => wanted.Id == item.Id))];
        return await MetricsAsync(context, found, null, plugin, cancellation);
    }

    private static async Task<Answer> MetricsAsync(OperationContext context, List<ServiceSnapshots> services, string? query, string? plugin, CancellationToken cancellation)
    {
        var snapshots = services.SelectMany(service => service.Snapshots).Distinct().ToList();
        var results = new JsonObject { ["services"] = new JsonArray([.. services.Select(service => new JsonObject { ["id"] = service.Id, ["label"] = service.Label, ["snapshots"] = service.Snapshots.Count })]) };
        if (query is null && snapshots.Count == 0)
        {
            results["items"] = new JsonArray();
            results["explanation"] = services.Count == 0
                ? "No such service had calls in this period, so its snapshots are not known; choose a longer period."
                : "The services had calls in this period, but the backend names no snapshots for them: they may run where no agent is, or be external.";
            return new Answer { Results = results, ListName = "items" };
        }
        var tried = new JsonArray();
        foreach (var candidate in plugin is null ? Plugins : [plugin])
        {
            var metrics = await NamesAsync(context, candidate, cancellation);
            if (metrics.Count == 0)
            {
                tried.Add($"{candidate}: its catalog has no such metric");
                continue;
            }
            var body = new JsonObject { ["plugin"] = candidate, ["metrics"] = AnswerEnvelope.Strings(metrics), ["timeFrame"] = ApplicationInsights.Frame(context), ["rollup"] = Rollup(context) };
            if (query is not null)
                body["query"] = query;
            else
                body["snapshotIds"] = AnswerEnvelope.Strings(snapshots.Take(MaxSnapshots));
            var reply = await context.SendAsync(ApplicationInsights.Ask("/api/infrastructure-monitoring/metrics", body), cancellation);
            if (!Bodies.TryOpen(reply, ResultShape.Pages, out var node, out var failure))
                return Answer.Failed(context.Row, failure);
            if (Bodies.ListOf(node) is not { Count: > 0 } items)
            {
                tried.Add($"{candidate}: no data of the snapshots");
                continue;
            }
            results["plugin"] = candidate;
            results["metrics_requested"] = AnswerEnvelope.Strings(metrics);
            if (snapshots.Count > MaxSnapshots)
                results["note"] = $"{MaxSnapshots} of {snapshots.Count} snapshots were asked for: the backend takes no more at once.";
            var row = context.Row with { Result = ResultShape.List, Entity = "snapshot" };
            var answer = GenericOperation.Whole(context with { Row = row }, items.DeepClone().AsArray());
            foreach (var (name, value) in results)
                answer.Results[name] = value?.DeepClone();
            return answer;
        }
        results["items"] = new JsonArray();
        results["tried"] = tried;
        results["explanation"] = "There are snapshots, but none of these plugins had data; name the plugin (manage_infrastructure catalog get_plugins lists them).";
        return new Answer { Results = results, ListName = "items" };
    }

    /// <summary>The metrics asked for that the plugin has; without any, its first ones about CPU and memory.</summary>
    private static async Task<List<string>> NamesAsync(OperationContext context, string plugin, CancellationToken cancellation)
    {
        var wanted = context.Params.List("metrics");
        var path = "/api/infrastructure-monitoring/catalog/metrics/" + Uri.EscapeDataString(plugin);
        var reply = await context.Client.SendCachedAsync(InstanaRequest.Get(path, RequestBuilder.Family(path)), context.Scope, cancellation);
        var known = Bodies.TryOpen(reply, ResultShape.List, out var node, out _)
            ? (Bodies.ListOf(node) ?? []).Select(item => Bodies.Text(item) ?? Bodies.Text(item, "metricId")).OfType<string>().ToList() : [];
        // Without a catalog the backend judges what was asked for.
        if (wanted.Count > 0)
            return known.Count == 0 ? [.. wanted] : [.. wanted.Where(known.Contains)];
        string[] usual = ["cpu.user", "cpu.sys", "cpu.used", "memory.used", "cpu.total_usage", "memory.usage", "mem.resident", "threads.blocked"];
        var named = usual.Where(known.Contains).Take(4).ToList();
        return named.Count > 0 ? named : [.. known.Where(name => name.Contains("cpu", StringComparison.OrdinalIgnoreCase) || name.Contains("mem", StringComparison.OrdinalIgnoreCase)).Take(4)];
    }

    /// <summary>A rollup that keeps a series within the 600 points that the backend gives.</summary>
    private static long Rollup(OperationContext context)
    {
        if (context.Params.Text("rollup") is { } given)
            return long.Parse(given, CultureInfo.InvariantCulture);
        var seconds = (context.Window!.To - context.Window.From) / 1000;
        return new long[] { 60, 300, 3600 }.FirstOrDefault(rollup => seconds / rollup <= 600, 3600);
    }
}
