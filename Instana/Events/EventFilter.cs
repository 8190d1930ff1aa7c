using System.Globalization;
using System.Text.Json;
using Granary.Instana.Params;

namespace Granary.Instana.Events;

/// <summary>The conditions that the backend does not know, so they are checked here. All given ones must hold.</summary>
internal sealed class EventFilter(BoundParams bound)
{
    private readonly string? _query = bound.Text(EventParameters.Query.Name);
    private readonly string? _entityType = bound.Text(EventParameters.EntityType.Name);
    private readonly string? _entityName = bound.Text(EventParameters.EntityName.Name);
    private readonly string? _entityLabel = bound.Text(EventParameters.EntityLabel.Name);
    private readonly string? _state = bound.Text(EventParameters.State.Name);
    private readonly string? _problem = bound.Text(EventParameters.Problem.Name);
    private readonly string? _specification = bound.Text(EventParameters.SpecificationId.Name);
    private readonly bool? _rootCause = bound.Flag(EventParameters.RootCause.Name);

    private readonly long? _severity =
        bound.Text(EventParameters.Severity.Name) is { } severity ? long.Parse(severity, CultureInfo.InvariantCulture) : null;

    public bool Matches(JsonElement item) =>
        Same(item, "entityType", _entityType)
        && Same(item, "state", _state)
        && (_specification is null || EventLists.Text(item, "eventSpecificationId") == _specification)
        && (_severity is null || EventLists.Number(item, "severity") == _severity)
        && Part(item, "entityName", _entityName)
        && Part(item, "entityLabel", _entityLabel)
        && (_problem is null || Part(item, "problem", _problem) || Part(item, "detail", _problem))
        && (_rootCause is null || ProbableCause.IsFound(item) == _rootCause)
        && (_query is null || Mentions(item, _query));

    private static bool Same(JsonElement item, string name, string? wanted) =>
        wanted is null || wanted.Equals(EventLists.Text(item, name), StringComparison.OrdinalIgnoreCase);

    private static bool Part(JsonElement item, string name, string? wanted) =>
        wanted is null || EventLists.Text(item, name)?.Contains(wanted, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Whether any value, however deep, contains the text; names of fields do not count.</summary>
    private static bool Mentions(JsonElement value, string text)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    if (Mentions(property.Value, text))
                        return true;
                }
                return false;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    if (Mentions(item, text))
                        return true;
                }
                return false;
            case JsonValueKind.String:
                return EventLists.Decode(value).Contains(text, StringComparison.OrdinalIgnoreCase);
            case JsonValueKind.Number:
                return value.GetRawText().Contains(text, StringComparison.Ordinal);
            default:
                return false;
        }
    }
}
