using System.Text;
using System.Text.Json;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;
using Granary.Vault.Reducer;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Backpack;

/// <summary>Lines of the sample vaults, and the events that would have to be appended to get them.</summary>
internal static class SampleEvents
{
    public const string LogName = "events/events.ndjson";

    public static byte[][] Lines(string path) =>
        [.. File.ReadAllText(path).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Encoding.UTF8.GetBytes)];

    public static byte[][] Of(string vault) => Lines(Fixture.PathOf($"{vault}/{LogName}"));

    /// <summary>The state of these events.</summary>
    public static ReducerV0 Reduce(IEnumerable<byte[]> lines, EventView view)
    {
        using var scratch = new PooledBuffer();
        var state = new ReducerV0();
        foreach (var line in lines)
            state.Apply(view(line, scratch));
        return state;
    }

    public static PreparedBackpackEvent Prepare(byte[] line)
    {
        var root = JsonDocument.Parse(line).RootElement;
        return PreparedBackpackEvent.Create(
            root.GetProperty("type").GetString()!,
            Encoding.UTF8.GetBytes(root.GetProperty("payload").GetRawText()),
            root.GetProperty("actor").GetString()!,
            root.GetProperty("namespace").GetString());
    }

    public static DateTimeOffset TimeOf(byte[] line)
    {
        EventTimestamp.TryParse(JsonDocument.Parse(line).RootElement.GetProperty("timestamp_utc").GetString(), out var time).ShouldBeTrue();
        return time;
    }

    public static string KeyOf(byte[] line) => JsonDocument.Parse(line).RootElement.GetProperty("actor_key_id").GetString()!;
}
