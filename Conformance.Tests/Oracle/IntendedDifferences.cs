using System.Text.Json.Nodes;

namespace Granary.Conformance.Tests.Oracle;

/// <summary>The whole list; a test finds those that have become needless.</summary>
internal static class IntendedDifferences
{
    public static IReadOnlyList<IntendedDifference> All { get; } =
    [
        new(
            "framing",
            "Where nothing comes before the response the gateway answers in plain JSON, which is shorter and which every client accepts; the SDK always opens a stream.",
            _ => true,
            reply =>
            {
                if ((string?)reply["type"] is "application/json" or "text/event-stream")
                    reply["type"] = "either";
                foreach (var header in (string[])["Cache-Control", "Content-Encoding", "X-Accel-Buffering"])
                    Headers(reply).Remove(header);
            }),
        new(
            "sentences",
            "The text of an error, and data beside it, is each server's own: ours names the field and the fix. The code is what is compared.",
            _ => true,
            reply => Errors(reply, error =>
            {
                error["message"] = "a sentence";
                error.Remove("data");
            })),
        new(
            "session header",
            "The specification has Mcp-Session-Id on the answer to initialize; the SDK repeats it on every answer, which is as many bytes again as a small result.",
            request => !request.IsModern && request.Calls != "initialize",
            reply => Headers(reply).Remove("Mcp-Session-Id")),
        new(
            "catalogues",
            "The gateway's own tools, prompts and templates stand beside the fixtures; the oracle has none.",
            request => request.Calls.EndsWith("/list", StringComparison.Ordinal),
            reply => Results(reply, result =>
            {
                Keep(result, "tools", tool => ((string)tool["name"]!).StartsWith("test_", StringComparison.Ordinal) || (string?)tool["name"] == "json_schema_2020_12_tool");
                Keep(result, "prompts", prompt => ((string)prompt["name"]!).StartsWith("test_", StringComparison.Ordinal));
                Keep(result, "resources", resource => ((string)resource["uri"]!).StartsWith("test://", StringComparison.Ordinal));
                Keep(result, "resourceTemplates", template => ((string)template["uriTemplate"]!).StartsWith("test://", StringComparison.Ordinal));
            })),
        new(
            "cache hints",
            "Lists and discovery are the same for all callers and change with a deployment, so the gateway lets clients keep them for minutes; the SDK says 0 and private.",
            request => request.IsModern,
            reply => Results(reply, result =>
            {
                result.Remove("ttlMs");
                result.Remove("cacheScope");
            })),
        new(
            "discovery",
            "The gateway names every revision it speaks and every capability it has; the SDK names the stateless revision only and leaves out what that has no use for.",
            request => request.Calls == "server/discover" && request.IsModern,
            reply => Results(reply, result =>
            {
                result.Remove("supportedVersions");
                result.Remove("capabilities");
            })),
        new(
            "code of a refused HTTP request",
            "What is wrong with the HTTP request itself is -32600, invalid request, here, which JSON-RPC defines; the SDK has -32000, which it leaves to servers.",
            request => request.Method != HttpMethod.Post || Says(request, "accepts neither", "GET that accepts JSON"),
            reply => Errors(reply, error => error["code"] = "refused")),
        new(
            "refusals with a body",
            "415 and 405 come with a JSON-RPC error that says what to send instead; the SDK's are empty.",
            request => Says(request, "another content type", "PUT"),
            Empty),
        new(
            "one kind of answer is enough",
            "A client that accepts JSON only, or a stream only, is served as far as the answer allows it; the SDK insists on both.",
            request => Says(request, "accepts JSON only", "accepts a stream only"),
            Erase),
        new(
            "end of a session that is not there",
            "404 tells a client that its session had ended already; the SDK answers 200 to any id.",
            request => Says(request, "DELETE of a stranger"),
            Erase),
        new(
            "code of wrong arguments",
            "Arguments of the wrong type are -32602, invalid params: the client's fault. The SDK's deserialiser fails with -32603, internal error.",
            request => Says(request, "arguments that are a list", "no tool name", "set no level"),
            reply => Errors(reply, error => error["code"] = "refused")),
        new(
            "messages the stateless revision does not have",
            "In 2026-07-28 a server sends no requests, so a response of a client is a mistake, and so is a request without an id; the SDK accepts both with 202 in silence.",
            request => Says(request, "2026-07-28 response of a client", "2026-07-28 no id"),
            Erase),
        new(
            "negotiation",
            "To initialize with a revision that nobody speaks the gateway answers with the newest it does speak, as the specification asks; the SDK refuses.",
            request => Says(request, "initialize 2099-01-01"),
            Erase),
        new(
            "headers that contradict the body",
            "A header that says another revision than the body is a mismatch, -32020, whatever it says; the SDK looks at the header alone.",
            request => Says(request, "2026-07-28 unknown revision in the header", "2026-07-28 another revision in the header"),
            reply => Errors(reply, error => error["code"] = "refused")),
        new(
            "code of what is no JSON",
            "A body that is not JSON is -32700, parse error, as JSON-RPC defines it; the SDK says -32600.",
            request => Says(request, "no JSON"),
            reply => Errors(reply, error => error["code"] = "refused")),
        new(
            "initialize in the stateless revision",
            "2026-07-28 has no initialize, so it is a method that is not found; the SDK compares the revision in its params with the header first.",
            request => Says(request, "2026-07-28 initialize"),
            Erase),
        new(
            "status of a call without a name",
            "A call that names no tool fails as a call, with 200 and -32602; the SDK misses the header that would repeat the name, and answers 400.",
            request => Says(request, "2026-07-28 no tool name"),
            reply => reply.Remove("status")),
        new(
            "calls without a session",
            "A legacy call without a session is served on its own, as the older servers did whose clients never shake hands; the SDK refuses.",
            request => Says(request, "2025-11-25 no session"),
            Erase),
    ];

    private static bool Says(OracleRequest request, params string[] names) => Array.Exists(names, n => request.Name.EndsWith(n, StringComparison.Ordinal));

    private static JsonObject Headers(JsonObject reply) => reply["headers"]!.AsObject();

    /// <summary>The status is compared, and nothing else.</summary>
    private static void Empty(JsonObject reply)
    {
        var status = reply["status"]!.DeepClone();
        Erase(reply);
        reply["status"] = status;
    }

    private static void Erase(JsonObject reply)
    {
        reply.Clear();
        reply["headers"] = new JsonObject();
        reply["messages"] = new JsonArray();
    }

    private static void Errors(JsonObject reply, Action<JsonObject> change)
    {
        foreach (var message in reply["messages"]!.AsArray().OfType<JsonObject>())
        {
            if (message["error"] is JsonObject error)
                change(error);
        }
    }

    private static void Results(JsonObject reply, Action<JsonObject> change)
    {
        foreach (var message in reply["messages"]!.AsArray().OfType<JsonObject>())
        {
            if (message["result"] is JsonObject result)
                change(result);
        }
    }

    private static void Keep(JsonObject result, string list, Func<JsonObject, bool> fixture)
    {
        if (result[list] is JsonArray items)
            result[list] = new JsonArray([.. items.OfType<JsonObject>().Where(fixture).Select(i => i.DeepClone())]);
    }
}
