using System.Text.Json.Nodes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Vault.Sync;

/// <summary>
/// Events to hand over (specification 7.2): a header line with the public keys of its writer, then canonical lines. The keys are what the writer
/// says; whether one of them counts is the importer's to decide.
/// </summary>
public sealed class DeltaBundle
{
    private const string Type = "provara_delta_v1";
    private const int PageLines = 1024;
    private const int PageBytes = 4 * 1024 * 1024;

    private DeltaBundle(JsonObject header, IReadOnlyList<ReadOnlyMemory<byte>> lines)
    {
        Since = PrettyJson.Text(header, "since_hash");
        ExportedAt = PrettyJson.Text(header, "exported_at");
        Keys = [.. PrettyJson.Objects(header["keys"]).Select(RegisteredKey.From)];
        Lines = lines;
    }

    /// <summary>The id of the event after which it begins, or null.</summary>
    public string? Since { get; }

    /// <summary>When it was written, as it says.</summary>
    public string? ExportedAt { get; }

    /// <summary>The keys its writer says there are.</summary>
    public IReadOnlyList<RegisteredKey> Keys { get; }

    /// <summary>The events' lines.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Lines { get; }

    /// <summary>Writes the events of a log behind <paramref name="since"/>; all where that is null or not in the log.</summary>
    public static async Task<byte[]> ExportAsync(IVaultReader reader, KeyRegistry registry, string? since, DateTimeOffset time, CancellationToken cancellation)
    {
        using var events = new PooledBuffer(64 * 1024);
        using var scratch = new PooledBuffer(4096);
        var exported = 0;
        for (long position = 0; position < reader.Count(LogStream.Events);)
        {
            var page = await reader.ReadAsync(LogStream.Events, position, PageLines, PageBytes, cancellation);
            if (page.Lines.Count == 0)
                break;
            foreach (var line in page.Lines)
            {
                position++;
                if (!BackpackEvent.TryRead(line.Span, scratch, out var written))
                    continue;
                events.Write(written.Text);
                events.Write((byte)'\n');
                exported++;
                if (since is null || written.Id != since)
                    continue;
                events.Clear();
                exported = 0;
            }
        }
        var header = new JsonObject
        {
            ["event_count"] = exported,
            ["exported_at"] = EventTimestamp.Format(time),
            ["keys"] = new JsonArray([.. registry.Keys.Select(key => key.Source.DeepClone())]),
            ["since_hash"] = since,
            ["type"] = Type,
        };
        return [.. CanonicalJson.Canonicalize(PrettyJson.Write(header)), (byte)'\n', .. events.Written];
    }

    /// <summary>Takes a bundle apart; nothing of it is verified.</summary>
    /// <exception cref="FormatException">It is no bundle, or not a whole one.</exception>
    public static DeltaBundle Read(ReadOnlyMemory<byte> bundle)
    {
        var lines = Split(bundle);
        if (lines.Count == 0)
            throw new FormatException("The bundle is empty: its first line must be a header of type provara_delta_v1.");
        var header = PrettyJson.Read(lines[0].Span, "The bundle's header");
        if (PrettyJson.Text(header, "type") != Type)
            throw new FormatException($"The bundle's first line is no header of type {Type}.");
        lines.RemoveAt(0);
        if (header["event_count"] is not JsonValue value || !value.TryGetValue(out long count) || count != lines.Count)
            throw new FormatException(
                $"The bundle holds {lines.Count} events and its header says event_count {header["event_count"]?.ToJsonString() ?? "nothing"}: it is not whole.");
        return new DeltaBundle(header, lines);
    }

    private static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> bundle)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        while (!bundle.IsEmpty)
        {
            var end = bundle.Span.IndexOf((byte)'\n');
            var line = end < 0 ? bundle : bundle[..end];
            bundle = end < 0 ? default : bundle[(end + 1)..];
            if (!line.Span.Trim(" \t\r"u8).IsEmpty)
                lines.Add(line);
        }
        return lines;
    }
}
