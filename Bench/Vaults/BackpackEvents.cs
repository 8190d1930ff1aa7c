using System.Text;
using Granary.Tenants;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Bench.Vaults;

/// <summary>Builds Backpack events one after the other: one actor, one key.</summary>
internal sealed class BackpackEvents(SigningKey key, ChainLink link)
{
    /// <summary>Whose chain it is.</summary>
    public const string Actor = "bench";

    /// <summary>The size of their lines, nearly: of 400 the format would leave nothing to say anything with.</summary>
    public const int EventBytes = 450;

    // What the format adds to an event's payload: ids, key, signature, time, and the members' names.
    private const int Envelope = 363;

    private readonly BackpackEventBuilder _builder = new(key);
    private ChainLink _link = link;

    /// <summary>An observation as a client sends it.</summary>
    public static AppendEvent Input(int subject, int n)
    {
        var value = VaultShape.Filler(n, EventBytes - Envelope - "{'confidence':0.45,'predicate':'is','subject':'s000','value':''}".Length);
        return new AppendEvent("OBSERVATION", Encoding.UTF8.GetBytes(
            $$"""{"confidence":{{VaultShape.Confidence(subject)}},"predicate":"is","subject":"s{{subject:D3}}","value":"{{value}}"}"""));
    }

    /// <summary>Checked, linked, signed.</summary>
    public LogEntry Build(AppendEvent append)
    {
        var prepared = PreparedBackpackEvent.Create(append.EventType, append.Data.Span, Actor);
        var built = _builder.Build(prepared, _link, TimeProvider.System.GetUtcNow());
        _link = new ChainLink(built.EventId, _link.LogicalTime + 1, built.Timestamp);
        return built.Entry;
    }
}
