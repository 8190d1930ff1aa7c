using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Simulator.Access;
using Granary.Simulator.Api;
using Granary.Simulator.Faults;
using Granary.Simulator.Traffic;
using Granary.Simulator.World;

namespace Granary.Simulator.Control;

/// <summary>How a person or a script steers the simulator, and what it tells of itself: everything under <c>/simulator</c>.</summary>
internal static class ControlEndpoints
{
    private const string ClockHelp = "Post {\"now\": epoch milliseconds}, {\"advance_ms\": 60000}, {\"stopped\": true}, or several of them.";
    private const string TokenHelp = "Post [{\"token\": \"t\", \"permissions\": [\"canConfigureReleases\"], \"calls_per_hour\": 100}]; without permissions it may do everything.";

    public static void Map(WebApplication app, SimulatorState state, SimulatedWorld world)
    {
        app.MapPost("/simulator/faults", context => ReadAsync(context, FaultJson.Help, body =>
        {
            if (FaultJson.Read(body) is not { } fault)
                return false;
            state.Faults.Add(fault);
            return true;
        }));
        app.MapDelete("/simulator/faults", context => Done(context, state.Faults.Clear));
        app.MapGet("/simulator/requests", context => SimulatedAnswer.Ok(Counts(state.Requests)).WriteAsync(context));
        app.MapGet("/simulator/requests/last", context =>
            SimulatedAnswer.Ok(Json.Array(state.Requests.Seen.TakeLast(int.TryParse(context.Request.Query["count"], out var count) ? count : 100)
            .Select(Captured))).WriteAsync(context));
        app.MapGet("/simulator/violations", context => SimulatedAnswer.Ok(Json.Array(state.Violations.All.Select(one => (JsonNode)Json.Object(
            ("method", one.Method), ("path", one.Path), ("status", one.Status), ("problems", Json.Texts(one.Problems)))))).WriteAsync(context));
        app.MapDelete("/simulator/violations", context => Done(context, state.Violations.Clear));
        app.MapGet("/simulator/clock", context => SimulatedAnswer.Ok(Json.Object(("now", world.Now))).WriteAsync(context));
        app.MapPost("/simulator/clock", context => ReadAsync(context, ClockHelp, body => Turn(state.Clock, body)));
        app.MapPost("/simulator/tokens", context => ReadAsync(context, TokenHelp, body =>
        {
            foreach (var rule in TokenTable.Read(body).ToList())
                state.Tokens.Set(rule);
            return true;
        }));
        app.MapDelete("/simulator/tokens/{token}", context => Done(context, () => state.Tokens.Revoke((string)context.Request.RouteValues["token"]!)));
        app.MapGet("/simulator/truth/incidents/{id}", context => Truth.Incident(world, (string)context.Request.RouteValues["id"]!).WriteAsync(context));
        app.MapGet("/simulator/truth/value", context => Truth.Value(world, context.Request.Query).WriteAsync(context));
    }

    private static bool Turn(WorldClock clock, JsonElement body)
    {
        var changed = false;
        if (body.TryGetProperty("now", out var now))
        {
            clock.Set(DateTimeOffset.FromUnixTimeMilliseconds(now.GetInt64()));
            changed = true;
        }
        if (body.TryGetProperty("advance_ms", out var advance))
        {
            clock.Set(clock.GetUtcNow() + TimeSpan.FromMilliseconds(advance.GetInt64()));
            changed = true;
        }
        if (body.TryGetProperty("stopped", out var stopped))
        {
            clock.Stop(stopped.GetBoolean());
            changed = true;
        }
        return changed;
    }

    private static async Task ReadAsync(HttpContext context, string help, Func<JsonElement, bool> use)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            if (use(body.RootElement))
            {
                context.Response.StatusCode = 204;
                return;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or ArgumentOutOfRangeException)
        {
            // Falls through to the one answer for everything that cannot be read.
        }
        await SimulatedAnswer.Error(400, help).WriteAsync(context);
    }

    private static Task Done(HttpContext context, Action act)
    {
        act();
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private static JsonObject Counts(RequestLog requests) => Json.Object(
        ("total", requests.Total), ("aborted", requests.Aborted), ("in_flight", requests.InFlight),
        ("by_path", Json.Object(requests.Seen.GroupBy(request => $"{request.Method} {request.Path}").OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, (JsonNode?)group.Count())))));

    private static JsonNode Captured(SeenRequest one) => Json.Object(
        ("method", one.Method), ("path", one.Path), ("query", one.Query),
        ("headers", Json.Object(one.Headers.Select(header => (header.Key, (JsonNode?)Secrets.Show(header.Key, header.Value))))), ("body", one.Body));
}
