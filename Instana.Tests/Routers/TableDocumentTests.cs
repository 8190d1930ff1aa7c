using System.Text.Json;
using Granary.Instana.Operations;
using Granary.Instana.Params;
using Granary.Instana.Tests.Support;

namespace Granary.Instana.Tests.Routers;

/// <summary>Every row against the vendor's document, and against our overlay for what is newer than it.</summary>
public class TableDocumentTests
{
    [Fact]
    public void The_table_has_all_operations()
    {
        // Counted in the specification, section 2.15; then what later versions of the API brought (instana-delta.md).
        var counted = new Dictionary<string, int>
        {
            ["manage_applications"] = 49, ["manage_infrastructure"] = 17, ["manage_events"] = 5, ["manage_automation"] = 8, ["manage_websites"] = 11,
            ["manage_mobile_apps"] = 15, ["manage_custom_dashboards"] = 7, ["manage_slo"] = 21, ["manage_releases"] = 5,
            ["manage_maintenance_windows"] = 10, ["manage_synthetics"] = 15, ["manage_logs"] = 1,
        };
        counted.Values.Sum().ShouldBe(164);
        string[] newer =
        [
            "manage_applications alert_config bulk_enable", "manage_applications alert_config bulk_disable", "manage_applications global_alert_config bulk_enable",
            "manage_applications global_alert_config bulk_disable", "manage_infrastructure alert_config bulk_enable",
            "manage_infrastructure alert_config bulk_disable", "manage_slo alert bulk_enable", "manage_slo alert bulk_disable", "manage_websites alert bulk_enable",
            "manage_websites alert bulk_disable", "manage_mobile_apps alert bulk_enable", "manage_mobile_apps alert bulk_disable", "manage_slo report explain",
            "manage_slo report summarize", "manage_slo report entities", "manage_mobile_apps session get_session_replay_metadata",
            "manage_mobile_apps session get_session_replay_timestamps", "manage_applications resources get_topology",
        ];
        var rows = Rows().Select(pair => (Tool: pair.Tool.Name, Row: $"{pair.Tool.Name} {pair.Row.ResourceType} {pair.Row.Name}")).ToList();
        newer.Except(rows.Select(row => row.Row)).ShouldBeEmpty();
        rows.Where(row => !newer.Contains(row.Row)).CountBy(row => row.Tool).ToDictionary().ShouldBe(counted, ignoreOrder: true);
    }

    [Fact]
    public void Rows_are_sound()
    {
        foreach (var (tool, row) in Rows())
        {
            var name = $"{tool.Name} {row.ResourceType} {row.Name}";
            tool.Operations.Count(other => (other.ResourceType, other.Subtype, other.Name) == (row.ResourceType, row.Subtype, row.Name)).ShouldBe(1, name);
            row.Parameters.Select(parameter => parameter.Name).ShouldBeUnique(name);
            row.Parameters.SelectMany(parameter => parameter.Aliases).Intersect(row.Parameters.Select(parameter => parameter.Name)).ShouldBeEmpty(name);
            if (row.Destructive)
                row.ReadOnly.ShouldBeFalse(name);
            if (row.Method is "PUT" or "DELETE")
                row.ReadOnly.ShouldBeFalse(name);
            if (!row.ReadOnly)
                row.Permission.ShouldNotBeNull(name);
            // Computed once and kept: a copy that names something else must not keep what the original is found by.
            row.Spellings.ShouldBe([.. row.Aliases.Prepend(row.Name).Select(Names.Squash)], name);
            foreach (var parameter in row.Parameters.SelectMany(parameter => parameter.Fields.Prepend(parameter)))
            {
                parameter.Spelling.ShouldBe(Names.Squash(parameter.Name), name);
                parameter.OtherSpellings.ShouldBe([.. parameter.Aliases.Prepend(parameter.Wire).Select(Names.Squash)], name);
            }
            row.Parameters.Count(parameter => row.PlaceOf(parameter) == ParameterPlace.WholeBody).ShouldBeLessThanOrEqualTo(1, name);
            foreach (var parameter in row.Parameters.Where(parameter => parameter.DefaultJson is not null))
                JsonDocument.Parse(parameter.DefaultJson!).Dispose();
            if (row.Example is { } example)
                JsonDocument.Parse(example).Dispose();
        }
    }

    [SharedFact]
    public void Every_row_is_a_documented_request()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(SharedVectors.Document));
        using var overlay = JsonDocument.Parse(File.ReadAllBytes(Overlay));
        var wrong = new List<string>();
        foreach (var (tool, row) in Rows().Where(pair => pair.Row.Method.Length > 0))
        {
            var where = $"{tool.Name} {row.ResourceType} {row.Name}: {row.Method} {row.Path}";
            var isNewer = Operation(overlay.RootElement, row) is not null;
            var root = isNewer ? overlay.RootElement : document.RootElement;
            if (Operation(root, row) is not { } operation)
            {
                wrong.Add(where + " is not documented");
                continue;
            }
            var query = operation.TryGetProperty("parameters", out var list) ? list.EnumerateArray().Where(parameter => Is(parameter, "query")).ToList() : [];
            var known = query.ConvertAll(parameter => parameter.GetProperty("name").GetString()!);
            var required = query.Where(parameter => parameter.TryGetProperty("required", out var needed) && needed.GetBoolean())
                .Select(parameter => parameter.GetProperty("name").GetString()!);
            CheckBody(root, operation, row, where, wrong);
            var sent = row.Parameters.Where(parameter => row.PlaceOf(parameter) == ParameterPlace.Query).ToList();
            wrong.AddRange(sent.Where(parameter => !known.Contains(parameter.Wire)).Select(parameter => $"{where} has no query parameter {parameter.Wire}"));
            wrong.AddRange(required.Where(name => !sent.Exists(parameter => parameter.Wire == name && (parameter.Required || parameter.NamedIn is not null)))
                .Select(name => $"{where} does not require {name}"));
            if (row.Period.Style is PeriodStyle.FromTo)
                wrong.AddRange(new[] { "from", "to" }.Except(known).Select(name => $"{where} has no {name}"));
            if (row.Period.Style is PeriodStyle.Window)
                wrong.AddRange(new[] { "windowSize", "to" }.Except(known).Select(name => $"{where} has no {name}"));
        }
        wrong.ShouldBeEmpty();
    }

    [SharedFact]
    public void Every_permission_is_one_that_a_token_can_have()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(SharedVectors.Document));
        var token = document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty("ApiToken").GetProperty("properties");
        var known = token.EnumerateObject().Select(property => property.Name);
        Rows().Select(pair => pair.Row.Permission).OfType<string>().Distinct().Except(known).ShouldBeEmpty();
    }

    private static IEnumerable<(InstanaToolDefinition Tool, InstanaOperationDefinition Row)> Rows() =>
        InstanaTools.Table.SelectMany(tool => tool.Operations.Select(row => (tool, row)));

    /// <summary>The names of body members that rows send must be the document's.</summary>
    private static void CheckBody(JsonElement root, JsonElement operation, InstanaOperationDefinition row, string where, List<string> wrong)
    {
        var whole = row.Parameters.FirstOrDefault(parameter => row.PlaceOf(parameter) == ParameterPlace.WholeBody);
        var fields = whole is null ? row.Parameters.Where(parameter => row.PlaceOf(parameter) == ParameterPlace.Body).ToList() : whole.Fields;
        if (fields.Count == 0 || !operation.TryGetProperty("requestBody", out var body))
        {
            if (fields.Count > 0)
                wrong.Add(where + " has no body in the document");
            return;
        }
        var names = new HashSet<string>();
        Collect(root, body.GetProperty("content").GetProperty("application/json").GetProperty("schema"), names);
        if (names.Count > 0)
            wrong.AddRange(fields.Where(field => !names.Contains(field.Wire)).Select(field => $"{where} has no body member {field.Wire} (known: {string.Join(", ", names)})"));
    }

    private static void Collect(JsonElement root, JsonElement schema, HashSet<string> names)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            Collect(root, root.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]), names);
            return;
        }
        if (schema.TryGetProperty("properties", out var properties))
            names.UnionWith(properties.EnumerateObject().Select(property => property.Name));
        foreach (var kind in new[] { "allOf", "oneOf", "anyOf" })
        {
            if (schema.TryGetProperty(kind, out var parts))
            {
                foreach (var part in parts.EnumerateArray())
                    Collect(root, part, names);
            }
        }
    }

    private static bool Is(JsonElement parameter, string place) => parameter.TryGetProperty("in", out var where) && where.GetString() == place;

    [Fact]
    public void Every_entry_of_the_overlay_names_its_source_and_has_a_row()
    {
        using var overlay = JsonDocument.Parse(File.ReadAllBytes(Overlay));
        foreach (var path in overlay.RootElement.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                operation.Value.GetProperty("x-source").GetString().ShouldNotBeNullOrWhiteSpace();
                Rows().ShouldContain(pair => string.Equals(pair.Row.Method, operation.Name, StringComparison.OrdinalIgnoreCase) && Anonymous(pair.Row.Path) == Anonymous(path.Name), path.Name);
            }
        }
    }

    private static string Overlay => Path.Combine(AppContext.BaseDirectory, "Routers", "overlay.json");

    private static JsonElement? Operation(JsonElement root, InstanaOperationDefinition row) =>
        Find(root.GetProperty("paths"), row.Path) is { } path && path.TryGetProperty(row.Method.ToLowerInvariant(), out var operation) ? operation : null;

    /// <summary>The document's path of the same segments, whatever the names of its parameters are.</summary>
    private static JsonElement? Find(JsonElement paths, string path)
    {
        var wanted = Anonymous(path);
        foreach (var candidate in paths.EnumerateObject())
        {
            if (Anonymous(candidate.Name) == wanted)
                return candidate.Value;
        }
        return null;
    }

    private static string Anonymous(string path) => System.Text.RegularExpressions.Regex.Replace(path, @"\{\w+\}", "{}");
}
