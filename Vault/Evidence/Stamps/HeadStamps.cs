using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Granary.Vault.Canonical;
using Granary.Vault.Proofs;

namespace Granary.Vault.Evidence.Stamps;

/// <summary>Stamps as a file: <c>{"stamps":[{"kind","authority","count","root","asked_at","evidence"}]}</c>, the evidence in Base64.</summary>
public static class HeadStamps
{
    /// <summary>The greatest file that is read.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Writes the file.</summary>
    public static byte[] Write(IEnumerable<HeadStamp> stamps)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteTo(json, stamps);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the member <c>stamps</c> into an object.</summary>
    public static void WriteTo(Utf8JsonWriter json, IEnumerable<HeadStamp> stamps)
    {
        json.WriteStartArray("stamps");
        foreach (var stamp in stamps)
        {
            json.WriteStartObject();
            json.WriteString("kind", stamp.Kind);
            json.WriteString("authority", stamp.Authority);
            json.WriteNumber("count", stamp.Count);
            json.WriteString("root", stamp.Root);
            json.WriteString("asked_at", stamp.AskedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            json.WriteBase64String("evidence", stamp.Evidence.Span);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>Reads the file; members that are not known are skipped.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static IReadOnlyList<HeadStamp> Read(ReadOnlyMemory<byte> file)
    {
        try
        {
            CanonicalJson.Check(file.Span);
            using var document = JsonDocument.Parse(file);
            return [.. document.RootElement.GetProperty("stamps").EnumerateArray().Select(Read)];
        }
        catch (Exception failure) when (failure is JsonException or CanonicalJsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new FormatException($"This is no file of stamps: {failure.Message}", failure);
        }
    }

    private static HeadStamp Read(JsonElement stamp)
    {
        var root = Text("root");
        var count = stamp.GetProperty("count").GetInt64();
        if (!EventTree.IsHash(root) || count < 1)
            throw new FormatException("a stamp's root is 64 lower-case hexadecimal digits, and its count 1 or more.");
        var asked = DateTimeOffset.ParseExact(Text("asked_at"), "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
        return new HeadStamp(Text("kind"), Text("authority"), count, root, asked, stamp.GetProperty("evidence").GetBytesFromBase64());

        string Text(string name) => stamp.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null.");
    }
}
