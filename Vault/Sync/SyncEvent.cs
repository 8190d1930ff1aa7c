using System.Security.Cryptography;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;
using Granary.Vault.Reducer;

namespace Granary.Vault.Sync;

/// <summary>What bringing logs together needs of an event.</summary>
/// <param name="Line">Its canonical line.</param>
/// <param name="Id">Its id; the hash of the line where it has none.</param>
/// <param name="Actor">Whose chain it is in; null for events of the other schema.</param>
internal sealed record SyncEvent(byte[] Line, string Id, string? Actor)
{
    public string? PreviousId { get; private init; }

    public string Timestamp { get; private init; } = "";

    public string? Type { get; private init; }

    public bool IsTombstone { get; private init; }

    /// <summary>For a redaction: whose payload it takes away.</summary>
    public string? Redacts { get; private init; }

    /// <summary>True when the id follows from the content.</summary>
    public bool HasOwnId { get; private init; }

    public static SyncEvent? Read(ReadOnlySpan<byte> line, PooledBuffer scratch)
    {
        if (!BackpackEvent.TryRead(line, scratch, out var written))
            return null;
        return new SyncEvent(
            written.Text.ToArray(),
            written.Id ?? Convert.ToHexStringLower(SHA256.HashData(written.Text)),
            written.IsSovereign ? null : written.Actor)
        {
            PreviousId = written.PreviousId,
            Timestamp = written.Timestamp ?? "",
            Type = written.Type,
            IsTombstone = written.IsTombstone,
            Redacts = written.IsType("com.provara.redaction"u8) ? written.PayloadText("target_event_id"u8) : null,
            HasOwnId = written.FindIdStyle() != EventIdStyle.None,
        };
    }

    /// <summary>The order of a merged log: time, then id, by code points.</summary>
    public static int Compare(SyncEvent x, SyncEvent y) =>
        Utf8Text.Order.Compare(x.Timestamp, y.Timestamp) is var order and not 0 ? order : Utf8Text.Order.Compare(x.Id, y.Id);

    /// <summary>The event as the redaction leaves it.</summary>
    public SyncEvent Redact(SyncEvent redaction)
    {
        var written = new BackpackEvent(Line);
        if (!written.HasPayloadObject || !Redaction.MayRedact(Type) || (IsTombstone && written.PayloadText("redaction_event_id"u8) == redaction.Id))
            return this;
        using var tombstone = new PooledBuffer(256);
        tombstone.Write("{\"original_payload_hash\":"u8);
        JsonString.Write(
            written.PayloadText("original_payload_hash"u8) is { } hash && IsTombstone ? hash : Convert.ToHexStringLower(SHA256.HashData(written.Payload)),
            tombstone);
        tombstone.Write(",\"redacted\":true,\"redaction_event_id\":"u8);
        JsonString.Write(redaction.Id, tombstone);
        tombstone.Write(",\"redaction_reason\":"u8);
        JsonString.Write(new BackpackEvent(redaction.Line).PayloadText("reason"u8) ?? "OTHER", tombstone);
        tombstone.Write((byte)'}');
        return this with { Line = written.WithPayload(tombstone.Written), IsTombstone = true, HasOwnId = false };
    }
}
