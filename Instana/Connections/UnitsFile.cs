using System.Text.Json;

namespace Granary.Instana.Connections;

/// <summary>Reads the file of an operator's units: <c>{"prod": {"base_url": "https://…", "api_token": "…"}}</c>. A call names one with <c>unit</c>.</summary>
internal static class UnitsFile
{
    public const string Variable = "INSTANA_UNITS";

    private const int MaxBytes = 1024 * 1024;
    private const int MaxUnits = 100;

    public static IReadOnlyDictionary<string, InstanaEnvironment> Read(string? path, Func<string, long, string> readFile, List<string> problems)
    {
        var units = new Dictionary<string, InstanaEnvironment>(StringComparer.OrdinalIgnoreCase);
        if (path is null)
            return units;
        try
        {
            using var document = JsonDocument.Parse(readFile(path, MaxBytes), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            foreach (var entry in document.RootElement.EnumerateObject())
                Add(units, entry, problems);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{Variable}: the file cannot be read: {e.Message}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not the exception's words: they may quote a token.
            problems.Add($"{Variable}: the file is not a JSON object of units, each with base_url and api_token.");
        }
        return units;
    }

    private static void Add(Dictionary<string, InstanaEnvironment> units, JsonProperty entry, List<string> problems)
    {
        var url = Text(entry.Value, "base_url");
        var token = Text(entry.Value, "api_token") ?? (Text(entry.Value, "api_token_env") is { } name ? Environment.GetEnvironmentVariable(name) : null);
        if (entry.Name.Length is 0 or > 64 || units.Count >= MaxUnits)
            problems.Add($"{Variable}: a unit's alias has 1 to 64 characters, and there are at most {MaxUnits} units.");
        else if (!BaseUrlRules.TryNormalise(url, out _, out var problem))
            problems.Add($"{Variable}: unit '{entry.Name}': {problem}");
        else if (string.IsNullOrEmpty(token))
            problems.Add($"{Variable}: unit '{entry.Name}' has no api_token, nor an api_token_env that is set.");
        else
            units[entry.Name] = new InstanaEnvironment(url, token);
    }

    private static string? Text(JsonElement value, string name) =>
        value.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;
}
