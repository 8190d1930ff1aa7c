using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Vault.Canonical;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;

namespace Granary.Vault.Psmc.Export;

/// <summary>An event as people read it in digests and exports.</summary>
internal sealed record PsmcText(string Id, string Hash, long Sequence, string Timestamp, string Type, byte[] Data)
{
    private const int PageLines = 512;
    private const int PageBytes = 1024 * 1024;
    private const int ContentLength = 100;

    /// <summary>The type as a heading: each word with a capital letter.</summary>
    public string Title
    {
        get
        {
            var title = new StringBuilder(Type.Length);
            for (var i = 0; i < Type.Length; i++)
                title.Append(i == 0 || !char.IsAsciiLetter(Type[i - 1]) ? char.ToUpperInvariant(Type[i]) : char.ToLowerInvariant(Type[i]));
            return title.ToString();
        }
    }

    /// <summary>All events of a log that can be read, in their order.</summary>
    public static async IAsyncEnumerable<PsmcText> ReadAsync(
        IVaultReader reader, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        for (long position = 0; position < reader.Count(LogStream.Events);)
        {
            var page = await reader.ReadAsync(LogStream.Events, position, PageLines, PageBytes, cancellation);
            if (page.Lines.Count == 0)
                yield break;
            foreach (var line in page.Lines)
            {
                if (Read(line.Span, position++) is { } text)
                    yield return text;
            }
        }
    }

    /// <summary>One line that says what it is about (specification 12).</summary>
    public string Summary()
    {
        foreach (var field in (ReadOnlySpan<string>)["summary", "title", "name", "description", "reason", "content"])
        {
            if (!CanonicalObject.TryGet(Data, Encoding.ASCII.GetBytes(field), out var value) || PythonValue.IsFalsy(value))
                continue;
            var text = PythonValue.Text(value) ?? OneLine(value);
            return field == "content" && text.Length > ContentLength ? text[..ContentLength] + "..." : text;
        }
        return OneLine(Data);
    }

    /// <summary>The data on lines of its own, two spaces a level.</summary>
    public byte[] Indented()
    {
        var data = JsonNode.Parse(Data, null, new JsonDocumentOptions { MaxDepth = EventLimits.MaxReadDepth });
        return PrettyJson.Write(data!, finalNewline: false);
    }

    private static PsmcText? Read(ReadOnlySpan<byte> line, long position)
    {
        using var scratch = new PooledBuffer(line.Length + 16);
        if (PsmcEvent.Read(line, scratch, out var text) is not { HasDataObject: true } written)
            return null;
        CanonicalObject.TryGet(text, "data"u8, out var data);
        return new PsmcText(
            written.Id ?? "", written.Hash ?? "", written.Sequence ?? position, written.Timestamp ?? "", written.Type ?? "note", data.ToArray());
    }

    /// <summary>JSON with a space behind commas and colons, as Python writes it.</summary>
    private static string OneLine(ReadOnlySpan<byte> canonical)
    {
        using var output = new PooledBuffer(canonical.Length * 2);
        while (!canonical.IsEmpty)
        {
            var length = canonical[0] == '"' ? CanonicalObject.EndOfValue(canonical, 0) : 1;
            output.Write(canonical[..length]);
            if (canonical[0] is (byte)',' or (byte)':')
                output.Write((byte)' ');
            canonical = canonical[length..];
        }
        return Encoding.UTF8.GetString(output.Written);
    }
}
