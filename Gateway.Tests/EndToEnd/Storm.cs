using System.Collections.Concurrent;
using System.Text.Json;

namespace Granary.Gateway.Tests.EndToEnd;

/// <summary>Many clients that append as fast as they can, and remember what was acknowledged and what was left open.</summary>
internal sealed class Storm
{
    private const int Connections = 64;

    private readonly ConcurrentDictionary<string, Sent> _unanswered = new();
    private int _stopped;

    public static IReadOnlyList<string> Vaults { get; } = ["storm/a", "storm/b", "storm/c", "storm/d"];

    /// <summary>Every acknowledged append of all runs.</summary>
    public ConcurrentQueue<(Sent Sent, JsonElement Receipt)> Acknowledged { get; } = new();

    /// <summary>Failures that a client received as answers; not broken connections.</summary>
    public ConcurrentQueue<string> Refused { get; } = new();

    /// <summary>Appends with a key whose answer never came.</summary>
    public IEnumerable<Sent> Unanswered => _unanswered.Values.Where(s => s.Key is not null);

    /// <summary>Appends until the gateway is gone; <paramref name="enough"/> is called once, after so many acknowledgements.</summary>
    public async Task RunAsync(ToolClient client, int run, int acknowledgements, Action enough)
    {
        _stopped = 0;
        _unanswered.Clear();
        var left = acknowledgements;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; Volatile.Read(ref _stopped) == 0; i++)
            {
                var mark = $"{run}-{worker}-{i}";
                var sent = new Sent(Vaults[worker % Vaults.Count], mark, worker % 8 < 4 ? $"key-{mark}" : null, Bridge: worker == 0 && i % 4 == 0);
                _unanswered[mark] = sent;
                if (await TryAsync(client, sent) is not { } receipt)
                    return;
                _unanswered.TryRemove(mark, out _);
                Acknowledged.Enqueue((sent, receipt));
                if (Interlocked.Decrement(ref left) == 0)
                    enough();
            }
        })));
    }

    private async Task<JsonElement?> TryAsync(ToolClient client, Sent sent)
    {
        try
        {
            var reply = await client.CallAsync("append_event", sent.Arguments);
            if (reply.Status == 200 && !reply.IsError && reply.ErrorText is null)
                return reply.Structured;
            Refused.Enqueue(reply.Message.ToString());
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // The gateway is gone; what became of this append is not known.
        }
        Volatile.Write(ref _stopped, 1);
        return null;
    }

    /// <summary>One append.</summary>
    internal sealed record Sent(string Vault, string Mark, string? Key, bool Bridge)
    {
        public string Arguments => JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["vault_path"] = Vault,
            ["event_type"] = "note",
            ["data"] = new Dictionary<string, string> { ["mark"] = Mark, ["subject"] = Vault },
            ["emit_provara"] = Bridge,
            ["idempotency_key"] = Key,
        });
    }
}
