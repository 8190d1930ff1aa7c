using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.Query;

namespace Granary.Simulator.Contract;

/// <summary>
/// Holds a request against the contract, in the order in which a backend would: path (404), method (405), Accept (406), media type (415), query
/// (400), body (400 or 422). What passes is answered by its handler, or with 501 where there is none yet.
/// </summary>
internal sealed class ContractCheck(ApiContract contract, ApiHandlers handlers, Violations violations)
{
    private const int MaxBody = 8 * 1024 * 1024;

    public async Task AnswerAsync(HttpContext context)
    {
        var (route, values, methods) = contract.Find(context.Request.Method, RawPath(context));
        if (route is null)
        {
            if (methods.Count > 0)
                context.Response.Headers.Allow = string.Join(", ", methods.Distinct());
            await RefuseAsync(context, methods.Count == 0 ? 404 : 405, methods.Count == 0 ? "HTTP 404 Not Found" : "HTTP 405 Method Not Allowed");
            return;
        }
        if (!Accepts(context.Request, route))
        {
            await RefuseAsync(context, 406, "HTTP 406 Not Acceptable");
            return;
        }
        var body = await ReadAsync(context);
        if (body is null || !IsMediaType(context.Request, route, body))
        {
            await RefuseAsync(context, body is null ? 413 : 415, body is null ? "HTTP 413 Request Entity Too Large" : "HTTP 415 Unsupported Media Type");
            return;
        }
        string[] problems = [.. QueryProblems(context.Request.Query, route), .. PathProblems(values, route)];
        if (problems.Length > 0)
        {
            await RefuseAsync(context, 400, problems);
            return;
        }
        var (parsed, wrong) = Parse(route, body);
        if (wrong.Count > 0)
        {
            await RefuseAsync(context, route.Body!.BadStatus, [.. wrong]);
            return;
        }
        await Answer(route, new ApiCall(values, context.Request.Query, parsed)).WriteAsync(context);
    }

    private SimulatedAnswer Answer(ApiRoute route, ApiCall call)
    {
        if (handlers.Find(route.Key) is not { } handler)
            return SimulatedAnswer.Error(501, $"Not simulated: {route.Method} {route.Template}");
        try
        {
            return handler(call);
        }
        catch (BadQueryException e)
        {
            return SimulatedAnswer.Error(e.Status, e.Message);
        }
    }

    private Task RefuseAsync(HttpContext context, int status, params string[] problems)
    {
        violations.Add(new Violation(context.Request.Method, RawPath(context), status, problems));
        return SimulatedAnswer.Error(status, problems).WriteAsync(context);
    }

    /// <summary>The path as it was sent: the framework would unescape the slash inside an id.</summary>
    public static string RawPath(HttpContext context) =>
        context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()?.RawTarget.Split('?')[0] ?? context.Request.Path;

    private static bool Accepts(HttpRequest request, ApiRoute route)
    {
        var accept = request.Headers.Accept.ToString();
        if (accept.Length == 0)
            return true;
        string[] ranges = [.. accept.Split(',').Select(range => range.Split(';')[0].Trim())];
        return ranges.Contains("*/*") || (!route.WantsAnyAccepted
            && ranges.Any(range => route.Produces.Any(type => range == type || range == type.Split('/')[0] + "/*")));
    }

    private static bool IsMediaType(HttpRequest request, ApiRoute route, byte[] body)
    {
        if (route.Body is not { } expected || body.Length == 0)
            return true;
        var type = request.ContentType?.Split(';')[0].Trim();
        return string.Equals(type, expected.MediaType, StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<string> QueryProblems(IQueryCollection query, ApiRoute route)
    {
        foreach (var (name, given) in query)
        {
            if (route.Query.FirstOrDefault(parameter => parameter.Name == name) is not { } parameter)
                yield return $"Unknown query parameter '{name}'";
            else if (!parameter.IsList && given.Count > 1)
                yield return $"Query parameter '{name}' must not be repeated";
            else if (given.Select(value => parameter.Problem(value ?? "")).FirstOrDefault(problem => problem is not null) is { } problem)
                yield return problem;
        }
        foreach (var parameter in route.Query.Where(parameter => parameter.IsRequired && !query.ContainsKey(parameter.Name)))
            yield return $"Query parameter '{parameter.Name}' is required";
    }

    private static IEnumerable<string> PathProblems(Dictionary<string, string> values, ApiRoute route) => route.PathTypes
        .Select(parameter => values.FirstOrDefault(value => value.Key == parameter.Name
            || value.Key.EndsWith("." + parameter.Name, StringComparison.Ordinal)) is { Value: { } value }
            ? parameter.Problem(value)
            : null)
        .OfType<string>();

    private static (JsonNode? Parsed, IReadOnlyList<string> Problems) Parse(ApiRoute route, byte[] body)
    {
        if (route.Body is not { MediaType: "application/json" } expected)
            return (null, []);
        if (body.Length == 0)
            return (null, expected.IsRequired ? ["Request body is required"] : []);
        try
        {
            var parsed = JsonNode.Parse(body);
            return (parsed, expected.Check(parsed));
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return (null, expected.IsRequired ? ["Unable to process JSON"] : []);
        }
    }

    private static async Task<byte[]?> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.Length > MaxBody ? null : body.ToArray();
    }
}
