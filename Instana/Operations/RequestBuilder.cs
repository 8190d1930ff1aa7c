using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Granary.Instana.Http;
using Granary.Instana.Params;

namespace Granary.Instana.Operations;

/// <summary>Makes the request of a row: path, query and body from the checked parameters.</summary>
internal static partial class RequestBuilder
{
    public static InstanaRequest Build(InstanaOperationDefinition row, BoundParams bound, JsonObject? page = null)
    {
        var request = new InstanaRequest(new HttpMethod(row.Method), Path(row, bound), Family(row.Path)) { ReadOnly = row.ReadOnly, Accept = row.Accept };
        var query = Query(row, bound);
        var body = Body(row, bound);
        if (page is not null)
            GoOn(row, page, query, body as JsonObject);
        request = request with { Query = string.Join('&', query.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}")) };
        return body is null ? request : request with { Body = Encoding.UTF8.GetBytes(body.ToJsonString(AnswerEnvelope.Compact)) };
    }

    /// <summary>The domain whose rate limit a path is charged to: infrastructure queries have one of their own.</summary>
    public static string Family(string path) => path.StartsWith("/api/", StringComparison.Ordinal) ? path[5..].Split('/', ';')[0] : path;

    private static string Path(InstanaOperationDefinition row, BoundParams bound)
    {
        var path = row.Path;
        foreach (var parameter in row.Parameters)
        {
            if (row.PlaceOf(parameter) != ParameterPlace.Path)
                continue;
            var value = bound.Value(parameter.Name) switch
            {
                null => null,
                long number => number.ToString(CultureInfo.InvariantCulture),
                object other => Uri.EscapeDataString(other.ToString()!),
            };
            path = value is null
                ? path.Replace($";{Matrix(path, parameter.Wire)}={{{parameter.Wire}}}", "", StringComparison.Ordinal)
                : path.Replace($"{{{parameter.Wire}}}", value, StringComparison.Ordinal);
        }
        return path;
    }

    /// <summary>The name of the matrix parameter that holds a place.</summary>
    private static string Matrix(string path, string wire) => MatrixName().Matches(path).FirstOrDefault(match => match.Groups[2].Value == wire)?.Groups[1].Value ?? "";

    private static List<KeyValuePair<string, string>> Query(InstanaOperationDefinition row, BoundParams bound)
    {
        var query = new List<KeyValuePair<string, string>>();
        if (bound.Window is { } window && row.Period.Style == PeriodStyle.FromTo)
            query.AddRange([Pair("from", window.From), Pair("to", window.To)]);
        if (bound.Window is { } frame && row.Period.Style == PeriodStyle.Window)
            query.AddRange([Pair("windowSize", frame.To - frame.From), Pair("to", frame.To)]);
        foreach (var parameter in row.Parameters)
        {
            if (row.PlaceOf(parameter) != ParameterPlace.Query)
                continue;
            switch (bound.Value(parameter.Name) ?? parameter.Default)
            {
                case null:
                    break;
                case IReadOnlyList<string> list:
                    query.AddRange(list.Select(item => new KeyValuePair<string, string>(parameter.Wire, item)));
                    break;
                case bool flag:
                    query.Add(new(parameter.Wire, flag ? "true" : "false"));
                    break;
                case IFormattable number:
                    query.Add(new(parameter.Wire, number.ToString(null, CultureInfo.InvariantCulture)));
                    break;
                case object text:
                    query.Add(new(parameter.Wire, text.ToString()!));
                    break;
            }
            if (!bound.Has(parameter.Name) && parameter.Default is null && parameter.DefaultJson is { } json)
                query.Add(new(parameter.Wire, JsonNode.Parse(json)!.ToString()));
        }
        return query;
    }

    private static JsonNode? Body(InstanaOperationDefinition row, BoundParams bound)
    {
        JsonObject? body = null;
        foreach (var parameter in row.Parameters)
        {
            var place = row.PlaceOf(parameter);
            if (place == ParameterPlace.WholeBody)
            {
                if (parameter.Kind != ParameterKind.Object)
                    return BodyReader.Node(parameter, bound.Value(parameter.Name));
                body = bound.Json(parameter.Name)?.DeepClone().AsObject() ?? [];
            }
            else if (place == ParameterPlace.Body)
            {
                body ??= [];
                var node = BodyReader.Node(parameter, bound.Value(parameter.Name) ?? parameter.Default) ?? (parameter.DefaultJson is { } json ? JsonNode.Parse(json) : null);
                if (node is not null)
                    body[parameter.Wire] = parameter.Wire == "tagFilters" ? TagFilterReader.Flatten(node) ?? new JsonArray() : node;
            }
        }
        if (row.Method is "POST" or "PUT" && bound.Window is { } window && row.Period.Style is PeriodStyle.Frame or PeriodStyle.Config)
        {
            body ??= [];
            body[row.Period.Style == PeriodStyle.Frame ? "timeFrame" : "timeConfig"] = new JsonObject { ["windowSize"] = window.To - window.From, ["to"] = window.To };
        }
        // POSTs that are switches want no body; a POST that asks always has one.
        return body ?? (row.Method == "POST" && row.ReadOnly ? [] : null);
    }

    /// <summary>Puts the backend's own paging where the row has it.</summary>
    private static void GoOn(InstanaOperationDefinition row, JsonObject page, List<KeyValuePair<string, string>> query, JsonObject? body)
    {
        foreach (var (name, value) in page)
        {
            if (body is null)
            {
                query.RemoveAll(pair => pair.Key == name);
                query.Add(new(name, value!.ToString()));
            }
            else if (row.Period.Style == PeriodStyle.Config)
            {
                body[name] = value?.DeepClone();
            }
            else
            {
                var pagination = body["pagination"] as JsonObject;
                if (pagination is null)
                    body["pagination"] = pagination = [];
                pagination[name] = value?.DeepClone();
            }
        }
    }

    private static KeyValuePair<string, string> Pair(string name, long value) => new(name, value.ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@";(\w+)=\{(\w+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex MatrixName();
}
