using System.Text;
using System.Text.Json;
using Granary.Tenants.Vaults.Views;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;

namespace Granary.Tenants.Vaults.Search;

/// <summary>The text of an event that a search looks at: each string and number of its payload, and its labels. Redacted and encrypted payloads have none.</summary>
internal static class EventText
{
    /// <summary>More of one event is not searched.</summary>
    public const int MaxLength = 256 * 1024;

    /// <summary>The text of an event, a line for each value; empty where there is none.</summary>
    public static string Of(in EventFields fields)
    {
        var text = new StringBuilder();
        if (!IsHidden(fields.Payload))
            Append(text, fields.Payload);
        Append(text, fields.Tags);
        return text.ToString();
    }

    /// <summary>The id of the event whose payload this one takes away; null where it takes none.</summary>
    public static string? Redacts(in EventFields fields) =>
        EventFields.Text(fields.Type) == EventTypes.Redaction && CanonicalObject.TryGet(fields.Payload, "target_event_id"u8, out var target)
            ? EventFields.Text(target)
            : null;

    private static void Append(StringBuilder text, ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
            return;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512 });
        while (text.Length < MaxLength && reader.Read())
        {
            if (reader.TokenType == JsonTokenType.String)
                text.Append(JsonString.Read(Quoted(reader, json))).Append('\n');
            else if (reader.TokenType == JsonTokenType.Number)
                text.Append(Encoding.ASCII.GetString(reader.ValueSpan)).Append('\n');
        }
    }

    private static bool IsHidden(ReadOnlySpan<byte> payload) =>
        !payload.IsEmpty && payload[0] == '{' && (EncryptedPayload.KeyIdOf(payload) is not null || CanonicalObject.TryGet(payload, "redaction_event_id"u8, out _)
            && CanonicalObject.TryGet(payload, "redacted"u8, out var redacted) && redacted.SequenceEqual("true"u8));

    /// <summary>A string with its quotes: half of a surrogate pair, which stored lines may have, is no error then.</summary>
    private static ReadOnlySpan<byte> Quoted(in Utf8JsonReader reader, ReadOnlySpan<byte> json) =>
        json.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2);
}
