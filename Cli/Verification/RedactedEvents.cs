using System.Text.Json.Nodes;
using Granary.Cli.Vaults;

namespace Granary.Cli.Verification;

/// <summary>Lists what was redacted and shredded, beside a check.</summary>
internal static class RedactedEvents
{
    public static async Task<CheckResult> AddAsync(CheckResult result, VaultPlace place, CancellationToken cancellation)
    {
        var (redacted, shredded) = (new JsonArray(), new JsonArray());
        using var reader = place.Read();
        await foreach (var line in EventLines.ReadAsync(reader, null, cancellation))
        {
            if (line.Parse() is not { } one || one["payload"] is not JsonObject payload)
                continue;
            if (payload["redacted"] is JsonValue mark && mark.TryGetValue(out bool isTombstone) && isTombstone)
                redacted.Add(new JsonObject
                {
                    ["event_id"] = $"{one["event_id"]}",
                    ["reason"] = $"{payload["redaction_reason"]}",
                    ["redaction_event_id"] = $"{payload["redaction_event_id"]}",
                });
            else if ($"{one["type"]}" == "com.provara.crypto_shred")
                shredded.Add(new JsonObject
                {
                    ["target"] = $"{payload["target_event_id"] ?? payload["target_actor_id"]}",
                    ["reason"] = $"{payload["reason"]}",
                    ["shred_event_id"] = $"{one["event_id"]}",
                });
        }
        var json = (JsonObject)result.Json.DeepClone();
        json["redacted"] = redacted;
        json["shredded"] = shredded;
        return result with
        {
            Json = json,
            Show = screen =>
            {
                result.Show(screen);
                screen.Line($"{redacted.Count} redacted, {shredded.Count} shredding(s).");
                if (redacted.Count > 0)
                    screen.Table(
                        ["redacted event", "reason", "redaction event"],
                        [.. redacted.Select(one => (IReadOnlyList<string>)[$"{one!["event_id"]}", $"{one["reason"]}", $"{one["redaction_event_id"]}"])]);
                if (shredded.Count > 0)
                    screen.Table(
                        ["shredded", "reason", "shred event"],
                        [.. shredded.Select(one => (IReadOnlyList<string>)[$"{one!["target"]}", $"{one["reason"]}", $"{one["shred_event_id"]}"])]);
            },
        };
    }
}
