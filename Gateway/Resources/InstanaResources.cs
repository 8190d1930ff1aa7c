using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Invocation;
using Granary.Instana.Connections;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Resources;

/// <summary>
/// <c>instana://…</c>: catalogs, applications, services and events of the caller's unit, read through the same operations as the tools, with the
/// caller's own credential.
/// </summary>
internal sealed class InstanaResources(ITenants tenants, GatewayOptions options) : IResources
{
    private const string Scheme = "instana://";

    private const string Json = "application/json";

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

    public bool IsPrivate => true;

    public IReadOnlyList<string> Categories { get; } = ["app", "infra", "events", "website", "mobile_app", "synthetic"];

    public string? Scope => Scopes.InstanaRead;

    public IReadOnlyList<ResourceTemplate> Templates { get; } =
    [
        Template("catalog/{kind}", "instana-catalog", "Catalog of metrics, tags or plugins", $"kind is one of {string.Join(", ", Catalogs.Keys)}"),
        Template("application/{id}", "instana-application", "Services of an application", "Calls, errors and latency of the last hour, by service"),
        Template("service/{id}", "instana-service", "Endpoints of a service", "Calls, errors and latency of the last hour, by endpoint"),
        Template("event/{id}", "instana-event", "One event", "An incident, issue or change in full"),
    ];

    public ValueTask<ResourcePage> ListAsync(ResourceCall call, string? after, int limit) => new(ResourcePage.Empty);

    public async ValueTask<ReadResourceResult?> ReadAsync(ResourceCall call)
    {
        if (!call.Uri.StartsWith(Scheme, StringComparison.Ordinal) || Find(call.Uri[Scheme.Length..]) is not { } found)
            return null;
        ScopeCheck.Require(call.Caller, Scope);
        var result = await AskAsync(call, found);
        return new ReadResourceResult { Contents = [new TextResourceContents { Uri = call.Uri, MimeType = Json, Text = Encoding.UTF8.GetString(result.Span) }] };
    }

    public bool CanSubscribe(string uri) => false;

    public async ValueTask<IReadOnlyList<string>> CompleteAsync(string template, CompletionCall call)
    {
        if (template == Scheme + "catalog/{kind}")
            return [.. Catalogs.Keys.Where(kind => kind.Contains(call.Value, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
        if (template != Scheme + "application/{id}" && template != Scheme + "service/{id}")
            return [];
        if (!call.Caller.Has(Scopes.InstanaRead))
            return [];
        var operation = template.Contains("application", StringComparison.Ordinal) ? "get_applications" : "get_services";
        var parameters = new JsonObject { ["page_size"] = 100, ["max_chars"] = 100_000 };
        if (call.Value.Length > 0)
            parameters["name_filter"] = call.Value;
        var json = await AskAsync(call, ("manage_applications", "resources", operation, parameters.ToJsonString()));
        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty("results", out var results) && results.TryGetProperty("items", out var items)
            ? [.. items.EnumerateArray().Select(item => item.TryGetProperty("id", out var id) ? id.GetString() : null).OfType<string>().Take(100)]
            : [];
    }

    private static (string Tool, string? Resource, string Operation, string Params)? Find(string path)
    {
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

    private async Task<ReadOnlyMemory<byte>> AskAsync(Call call, (string Tool, string? Resource, string Operation, string Params) ask)
    {
        var caller = call.IsHttp ? InstanaCaller.Http : InstanaCaller.Process;
        if (!ConnectionResolver.TryResolve(call.Header, options.Instana, caller, out var connection, out var problem))
            return Encoding.UTF8.GetBytes(new JsonObject { ["error"] = problem }.ToJsonString());
        var result = await tenants.Instana(call.Tenant, connection).CallAsync(
            new InstanaCall(ask.Tool, ask.Resource, ask.Operation, Encoding.UTF8.GetBytes(ask.Params)) { Tracking = call.Tracking, Deadline = call.Deadline }, call.Cancellation);
        return result.Json;
    }

    private static ResourceTemplate Template(string path, string name, string title, string description) =>
        new() { UriTemplate = Scheme + path, Name = name, Title = title, Description = description, MimeType = Json };
}
