using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.Query;
using Granary.Simulator.World;

namespace Granary.Simulator.Automation;

/// <summary>Actions, what matches an entity, and what was run: one run for each incident that has ended.</summary>
internal sealed class AutomationEndpoints(SimulatedWorld world)
{
    private const string Root = "/api/automation";

    public void Register(ApiHandlers on)
    {
        on.On($"GET {Root}/actions", _ => SimulatedAnswer.Ok(Json.Array(Actions().Select(one => (JsonNode)one))));
        on.On($"GET {Root}/actions/{{}}", call => Actions().FirstOrDefault(one => one.Text("id") == call.Id) is { } action ? SimulatedAnswer.Ok(action)
            : SimulatedAnswer.NotFound("Automation action", call.Id));
        on.On($"POST {Root}/ai/action/match", _ => SimulatedAnswer.Ok(Matches()));
        on.On($"GET {Root}/ai/action/match", call => call.Text("applicationId") is null == call.Text("snapshotId") is null
            ? SimulatedAnswer.Error(400, "Either applicationId or snapshotId must be provided, but not both.")
            : SimulatedAnswer.Ok(Matches()));
        on.On($"GET {Root}/actioninstances", List);
        on.On($"GET {Root}/actioninstances/{{}}", call => Find(call.Id) is { } one ? SimulatedAnswer.Ok(Instance(one, true))
            : SimulatedAnswer.Error(400, $"Automation action run result {call.Id} is not found"));
        on.On($"POST {Root}/actioninstances", call => Actions().FirstOrDefault(one => one.Text("id") == call.Json.Text("actionId")) is { } action
            ? SimulatedAnswer.Ok(Json.Object(("actionId", action.Text("id")), ("actionName", action.Text("name")), ("actionInstanceId", "ai-new"),
                ("type", "SCRIPT"), ("status", "SUBMITTED"), ("createdDate", world.Now)))
            : SimulatedAnswer.Error(400, $"Unknown action: {call.Json.Text("actionId")}"));
    }

    private static IEnumerable<JsonObject> Actions() =>
    [
        JsonNode.Parse("""
            {"id":"act-1","name":"Restart pod","description":"Deletes the pod, which its deployment then replaces.","type":"SCRIPT",
             "fields":[{"name":"script_ssh","description":"The script","encoding":"base64","value":"ZWNobyBoaQ==","secured":false}],
             "inputParameters":[{"name":"ns","label":"Namespace","description":"","type":"static","required":true,"hidden":false,"secured":false,"value":"robot-shop"}],
             "tags":["k8s"],"metadata":{"builtIn":false,"readOnly":false},"createdAt":"1.694442511129923E9","modifiedAt":"1.703191040321448E9"}
            """)!.AsObject(),
        JsonNode.Parse("""
            {"id":"act-2","name":"Roll back the release","description":"How to bring back the version before.","type":"DOC_LINK","fields":[],"inputParameters":[],"tags":["release"],
             "metadata":{"builtIn":true,"readOnly":true},"createdAt":"1.694442511129923E9","modifiedAt":"1.703191040321448E9"}
            """)!.AsObject(),
    ];

    private static JsonArray Matches() => Json.Array(Actions()
        .Select((action, i) => (JsonNode)Json.Object(("score", 0.91 - (i * 0.2)), ("confidence", i == 0 ? "high" : "medium"), ("aiEngine", "NLP"),
        ("action", action))));

    private IEnumerable<WorldEvent> Handled(long from, long to) => world.Events.Between(from, to, world.Now)
        .Where(one => one.Kind == EventKind.Incident && !one.IsOpenAt(world.Now));

    private WorldEvent? Find(string id) => id.StartsWith("ai-", StringComparison.Ordinal)
        && world.Events.Find(id[3..], world.Now) is { Kind: EventKind.Incident } one ? one : null;

    private SimulatedAnswer List(ApiCall call)
    {
        var window = QueryWindow.Of(call, world.Now, 600_000);
        var all = Handled(window.From, window.To)
            .Where(one => call.Text("eventId") is not { } id || id == one.Id)
            .Select(one => Instance(one, false))
            .Where(one => call.List("actionStatuses") is not { Count: > 0 } statuses || statuses.Contains(one.Text("status")))
            .Where(one => call.List("types") is not { Count: > 0 } types || types.Contains(one.Text("type")))
            .ToList<JsonNode>();
        return SimulatedAnswer.Ok(ResultPages.Numbered(all, call, 50));
    }

    private static JsonObject Instance(WorldEvent one, bool full)
    {
        var made = Json.Object(
            ("actionInstanceId", "ai-" + one.Id), ("actionId", "act-1"), ("actionName", "Restart pod"), ("type", "SCRIPT"), ("status", "SUCCESS"),
            ("createdDate", one.End), ("startDate", one.End),
            ("endDate", one.End + 9_000), ("eventId", one.Id), ("eventSpecificationId", one.SpecificationId), ("problemText", one.Problem),
            ("hostSnapshotId", "host-1"), ("targetSnapshotId", "proc-" + one.EntityLabel),
            ("metadata", new JsonArray()));
        if (full)
        {
            foreach (var (name, value) in ((string, JsonNode?)[])[("returnCode", 0), ("output", "pod deleted"), ("inputParameters", new JsonArray()),
                ("actorId", "u-1"), ("actorName", "Ada Example"), ("actorType", "USER")])
                made[name] = value;
        }
        return made;
    }
}
