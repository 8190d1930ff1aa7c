using System.Globalization;
using System.Text.Json;

namespace Granary.Instana.Events;

/// <summary>The probable root cause of an incident. The backend's contract leaves its inside open, and writes <c>[]</c> for none.</summary>
internal static class ProbableCause
{
    private const int MaxSummary = 300;

    public static bool IsFound(JsonElement item)
    {
        if (!item.TryGetProperty("probableCause", out var cause) || cause.ValueKind != JsonValueKind.Object)
            return false;
        return cause.TryGetProperty("found", out var found) ? found.ValueKind == JsonValueKind.True : First(cause, "currentRootCause") is not null;
    }

    public static void Write(Utf8JsonWriter writer, JsonElement item)
    {
        if (!item.TryGetProperty("probableCause", out var cause) || cause.ValueKind != JsonValueKind.Object)
            return;
        writer.WriteStartObject("probableCause");
        writer.WriteBoolean("found", IsFound(item));
        if (First(cause, "currentRootCause") is { } root)
            WriteRoot(writer, root);
        writer.WriteEndObject();
    }

    private static void WriteRoot(Utf8JsonWriter writer, JsonElement root)
    {
        if (double.TryParse(EventLists.Text(root, "probFailure"), CultureInfo.InvariantCulture, out var confidence) && double.IsFinite(confidence))
            writer.WriteNumber("confidence", Math.Round(confidence, 2));
        var entity = string.Join(
            ": ", new[] { EventLists.Text(root, "entityType"), EventLists.Text(root, "entityLabel") }.Where(part => !string.IsNullOrEmpty(part)));
        if (entity.Length > 0)
            writer.WriteString("rootCauseEntity", entity);
        if (!root.TryGetProperty("explainability", out var reasons) || reasons.ValueKind != JsonValueKind.Array)
            return;
        var summary = string.Join(' ', reasons.EnumerateArray().Where(reason => reason.ValueKind == JsonValueKind.Object)
            .Select(reason => EventLists.Text(reason, "text")).Where(text => !string.IsNullOrEmpty(text)));
        if (summary.Length > 0)
            writer.WriteString("summary", summary.Length <= MaxSummary ? summary : summary[..MaxSummary] + "…");
    }

    private static JsonElement? First(JsonElement cause, string name) =>
        cause.TryGetProperty(name, out var list)
        && list.ValueKind == JsonValueKind.Array
        && list.GetArrayLength() > 0
        && list[0].ValueKind == JsonValueKind.Object
            ? list[0]
            : null;
}
