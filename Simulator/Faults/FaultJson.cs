using System.Text.Json;

namespace Granary.Simulator.Faults;

/// <summary>Reads a fault as a person posts it, for example <c>{"fault":"slow","delay_ms":500,"count":3}</c>.</summary>
internal static class FaultJson
{
    public const string Help =
        "Post {\"fault\": slow | too_many_requests | error_page | unavailable | drop | half_body | redirect | oversize | login_page | status, "
        + "\"count\": 1, \"delay_ms\", \"reset_in_seconds\", \"retry_after\", \"location\", \"bytes\", \"status\", \"body\"}; "
        + "only for some requests with \"token\", \"path\" (how it begins), \"operation\" (such as GET /api/events/{}) and \"probability\" (0 to 1).";

    /// <returns>The fault; null when it is unknown.</returns>
    public static Fault? Read(JsonElement root)
    {
        var name = root.GetProperty("fault").GetString()?.Replace("_", "", StringComparison.Ordinal);
        if (!Enum.TryParse<FaultKind>(name, ignoreCase: true, out var kind) || char.IsAsciiDigit(name![0]))
            return null;
        var fault = new Fault(kind);
        return fault with
        {
            Count = (int?)Number(root, "count") ?? fault.Count,
            Delay = Number(root, "delay_ms") is { } delay ? TimeSpan.FromMilliseconds(delay) : fault.Delay,
            ResetIn = Number(root, "reset_in_seconds") is { } reset ? TimeSpan.FromSeconds(reset) : null,
            RetryAfter = (int?)Number(root, "retry_after"),
            Location = Text(root, "location") ?? fault.Location,
            Bytes = Number(root, "bytes") ?? fault.Bytes,
            StatusCode = (int?)Number(root, "status") ?? fault.StatusCode,
            Body = Text(root, "body") ?? fault.Body,
            Token = Text(root, "token"),
            Path = Text(root, "path"),
            Operation = Text(root, "operation"),
            Probability = root.TryGetProperty("probability", out var probability) && probability.GetDouble() is >= 0 and <= 1 and var chance ? chance : 1,
        };
    }

    private static long? Number(JsonElement root, string name) => root.TryGetProperty(name, out var value) ? value.GetInt64() : null;

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var value) ? value.GetString() : null;
}
