using System.Runtime.CompilerServices;

namespace Granary.Scenarios.Clients;

/// <summary>Reads server-sent events.</summary>
internal static class EventStream
{
    /// <summary>The data of each event, until the stream ends in order; a connection that breaks throws <see cref="IOException"/>.</summary>
    public static async IAsyncEnumerable<string> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var reader = new StreamReader(stream);
        string? data = null;
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal))
            {
                var text = line.AsSpan(5).TrimStart(' ');
                data = data is null ? text.ToString() : $"{data}\n{text}";
            }
            else if (line.Length == 0 && data is not null)
            {
                yield return data;
                data = null;
            }
        }
    }
}
