using System.Text;
using System.Text.Json.Nodes;
using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Gateway.Protocol.Messages;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Resources;

/// <summary>
/// <c>instana://…</c>: catalogs, applications, services, events and the map of services of the caller's unit, read through the same operations as the tools, with the
/// caller's own credential.
/// </summary>
internal sealed class InstanaResources(InstanaAccess access) : IResources
{
    private const string Scheme = "instana://";

    private const string Json = "application/json";

    private const string Topology = "topology";

    /// <summary>How long what is measured stays as it is read.</summary>
    private static readonly TimeSpan MeasuredLifetime = TimeSpan.FromSeconds(30);

    /// <summary>Catalogs by the kind in the URI, with the operation that reads each.</summary>
    private static readonly Dictionary<string, (string Tool, string Resource, string Operation, string Params)> Catalogs = new(StringComparer.Ordinal)
    {
        ["application-metrics"] = ("manage_applications", "catalog", "get_metric_catalog", "{}"),
        ["application-tags"] = ("manage_applications", "catalog", "get_tag_catalog", "{\"use_case\":\"FILTERING\"}"),
        ["website-metrics"] = ("manage_websites", "catalog", "get_metrics", "{}"),
        ["website-tags"] = ("manage_websites", "catalog", "get_tag_catalog", "{\"beacon_type\":\"pageLoad\",\"use_case\":\"FILTERING\"}"),
        ["mobile-metrics"] = ("manage_mobile_apps", "catalog", "get_mobile_app_metric_catalog", "{}"),
        ["synthetic-metrics"] = ("manage_synthetics", "catalog", "get_synthetic_catalog_metrics", "{}"),
        ["infrastructure-plugins"] = ("manage_infrastructure", "catalog", "get_plugins", "{}"),
    };

    private readonly InstanaReader _reader = new(access);

    public bool IsPrivate => true;

    public IReadOnlyList<string> Categories { get; } = ["app", "infra", "events", "website", "mobile_app", "synthetic"];

    public string? Scope => Scopes.InstanaRead;

    public IReadOnlyList<ResourceTemplate> Templates { get; } =
    [
        Template("catalog/{kind}", "instana-catalog", "Catalog of metrics, tags or plugins", $"kind is one of {string.Join(", ", Catalogs.Keys)}"),
        Template("application/{id}", "instana-application", "Services of an application", "Calls, errors and latency of the last hour, by service"),
        Template("service/{id}", "instana-service", "Endpoints of a service", "Calls, errors and latency of the last hour, by endpoint"),
        Template(Topology + "{?application_id}", "instana-topology", "Map of services", "Which service called which in the last hour, of all or of one application"),
        Template("event/{id}", "instana-event", "One event", "An incident, issue or change in full"),
    ];

    public ValueTask<ResourcePage> ListAsync(ResourceCall call, string? after, int limit) => new(ResourcePage.Empty);

    public async ValueTask<ReadResourceResult?> ReadAsync(ResourceCall call)
    {
        if (!call.Uri.StartsWith(Scheme, StringComparison.Ordinal) || Find(call.Uri[Scheme.Length..]) is not { } found)
            return null;
        call.Require(CallTarget.Of(Scopes.InstanaRead) with { Tool = found.Tool, Operation = found.Operation });
        var result = await _reader.AskAsync(call, found.Tool, found.Resource, found.Operation, found.Params);
        return new ReadResourceResult
        {
            Contents = [new TextResourceContents { Uri = call.Uri, MimeType = Json, Text = Encoding.UTF8.GetString(PairEscapes.Resolve(result.Json).Span) }],
            TimeToLive = result.IsError ? TimeSpan.Zero : call.Uri.StartsWith(Scheme + "catalog/", StringComparison.Ordinal) ? _reader.CatalogLifetime : MeasuredLifetime,
        };
    }

    public bool CanSubscribe(string uri) => false;

    public async ValueTask<IReadOnlyList<string>> CompleteAsync(string template, CompletionCall call)
    {
        if (template == Scheme + "catalog/{kind}")
            return [.. Catalogs.Keys.Where(kind => kind.Contains(call.Value, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
        return template switch
        {
            Scheme + "application/{id}" or Scheme + Topology + "{?application_id}" => await _reader.FindAsync(call, "applications.id", call.Value),
            Scheme + "service/{id}" => await _reader.FindAsync(call, "services.id", call.Value),
            _ => [],
        };
    }

    private static (string Tool, string? Resource, string Operation, string Params)? Find(string path)
    {
        if (path == Topology || path.StartsWith(Topology + "?application_id=", StringComparison.Ordinal))
        {
            var parameters = new JsonObject { ["time_range"] = "1h" };
            if (path.Length > Topology.Length)
                parameters["application_id"] = Uri.UnescapeDataString(path[(path.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            return ("manage_applications", "resources", "get_topology", parameters.ToJsonString());
        }
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return null;
        var name = Uri.UnescapeDataString(path[(slash + 1)..]);
        return path[..slash] switch
        {
            "catalog" => Catalogs.TryGetValue(name, out var catalog) ? catalog : null,
            "application" => ("application_insights", null, "application_insights", new JsonObject { ["application_id"] = name, ["time_range"] = "1h" }.ToJsonString()),
            "service" => ("application_insights", null, "application_insights", new JsonObject { ["service_id"] = name, ["time_range"] = "1h" }.ToJsonString()),
            "event" => ("manage_events", null, "get_event", new JsonObject { ["event_id"] = name }.ToJsonString()),
            _ => null,
        };
    }

    private static ResourceTemplate Template(string path, string name, string title, string description) =>
        new() { UriTemplate = Scheme + path, Name = name, Title = title, Description = description, MimeType = Json };
}
