using System.Text.Json.Nodes;
using Granary.Cli.Output;

namespace Granary.Cli.Vaults;

/// <summary>Which events a query returns: every condition that is given must hold. Works on events of both formats.</summary>
internal sealed record FolderEventFilter(string? Actor, string? Type, string? After, string? Before, string? ContentKey, string? ContentValue)
{
    /// <summary>True when no condition is given.</summary>
    public bool IsEmpty => this is { Actor: null, Type: null, After: null, Before: null, ContentKey: null };

    public bool Takes(JsonObject one)
    {
        if (Actor is not null && Text(one["actor"]) != Actor)
            return false;
        if (Type is not null && Text(one["type"]) != Type)
            return false;
        // Times of one format have one notation, so their order is that of their texts.
        var time = Text(one["timestamp_utc"] ?? one["timestamp"]);
        if (After is not null && (time is null || string.CompareOrdinal(time, After) < 0))
            return false;
        if (Before is not null && (time is null || string.CompareOrdinal(time, Before) > 0))
            return false;
        return ContentKey is null || (Content(one)?[ContentKey] is { } value && (ContentValue is null || Text(value) == ContentValue));
    }

    private static JsonObject? Content(JsonObject one) => (one["payload"] ?? one["data"]) as JsonObject;

    private static string? Text(JsonNode? value) => value switch
    {
        null => null,
        JsonValue text when text.TryGetValue(out string? plain) => plain,
        _ => value.ToJsonString(ConsoleJson.Compact),
    };
}
