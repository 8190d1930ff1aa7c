using System.Reflection;
using System.Text.Json.Nodes;

namespace Granary.Simulator.Contract;

/// <summary>Reads <c>endpoints.txt</c>: the contract where there is no document.</summary>
internal static class EndpointTable
{
    public static ApiContract Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("endpoints")!;
        using var reader = new StreamReader(stream);
        var names = new Dictionary<string, string>();
        var routes = new List<ApiRoute>();
        foreach (var line in reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '$')
                names[line.Split(' ')[0]] = line.Split(' ')[1];
            else if (line[0] != '#')
                routes.Add(Route(names.Aggregate(line, (text, name) => text.Replace(name.Key, name.Value, StringComparison.Ordinal)).Split(' ')));
        }
        return new ApiContract(routes);
    }

    private static ApiRoute Route(string[] words)
    {
        var bad = words.FirstOrDefault(word => word[0] == '~') is { } status ? int.Parse(status[1..], System.Globalization.CultureInfo.InvariantCulture) : 400;
        var body = words.FirstOrDefault(word => word[0] == '!');
        return new ApiRoute(words[0], words[1])
        {
            Query = [.. words.Where(word => word[0] == '?').Select(word => Parameter(word[1..]))],
            Body = body is null ? null : Body(body[1..]) with { BadStatus = bad },
            Produces = [words.FirstOrDefault(word => word[0] == '>')?[1..] ?? "application/json"],
        };
    }

    private static ApiParameter Parameter(string word)
    {
        var (name, type) = (word.Split(':')[0], word.Split(':')[1]);
        var isList = type.StartsWith('[');
        type = type.Trim('[', ']');
        var choices = type.Contains('|', StringComparison.Ordinal) ? type.Split('|') : [];
        return new ApiParameter(name.TrimEnd('*'), choices.Length > 0 ? "text" : type, name.EndsWith('*'), isList) { Choices = choices };
    }

    private static ContractBody Body(string word) => word switch
    {
        // The Smart Alerts' switches document a text that nobody sends.
        "text" => new ContractBody("application/json", false, _ => []),
        "array" => new ContractBody("application/json", true, node => node is JsonArray ? [] : ["The body must be an array"]),
        _ => new ContractBody("application/json", true, node => node is not JsonObject members
            ? ["The body must be an object"]
            : [.. word.Split(',', StringSplitOptions.RemoveEmptyEntries).Where(name => name != "id" && members[name] is null)
                .Select(name => $"{name} must not be null")]),
    };
}
