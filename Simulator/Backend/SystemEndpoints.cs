using Granary.Simulator.Api;

namespace Granary.Simulator.Backend;

/// <summary>What the backend says of itself.</summary>
internal static class SystemEndpoints
{
    public static void Register(ApiHandlers on, TimeProvider time)
    {
        on.On("GET /api/instana/health", _ => SimulatedAnswer.Ok(Json.Object(("health", "GREEN"), ("messages", Json.Array()))));
        on.On("GET /api/instana/version", _ =>
            SimulatedAnswer.Ok(Json.Object(("branch", "simulator"), ("commit", "0000000000000000000000000000000000000000"), ("imageTag", "3.309.0-0"))));
        on.On("GET /api/instana/usage/api", _ =>
            SimulatedAnswer.Ok(Json.Array(Json.Object(("items", Json.Array(Json.Object(("name", "api"), ("sims", 4213)))),
            ("time", time.GetUtcNow().ToUnixTimeMilliseconds())))));
    }
}
