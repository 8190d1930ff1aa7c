using System.Text.Json;

namespace Granary.Scenarios.Clients;

/// <summary>An event as a vault gives it back.</summary>
/// <param name="Position">Its place.</param>
/// <param name="EventId">Its id.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="PreviousHash">The hash it builds on.</param>
/// <param name="Marker">What its client put into it; null for an event that is not the load's.</param>
internal sealed record StoredEvent(long Position, string EventId, string Hash, string PreviousHash, long? Marker)
{
    /// <summary>Reads an event of the PSMC format.</summary>
    public static StoredEvent Read(JsonElement json) => new(
        json.GetProperty("seq").GetInt64(),
        json.GetProperty("id").GetString()!,
        json.GetProperty("hash").GetString()!,
        json.GetProperty("prev_hash").GetString()!,
        json.GetProperty("data").TryGetProperty("marker", out var marker) ? marker.GetInt64() : null);
}
