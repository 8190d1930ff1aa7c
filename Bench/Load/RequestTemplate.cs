using System.Text;

namespace Granary.Bench.Load;

/// <summary>
/// A request as bytes with a place for a number of eight digits, written <c>{id}</c>, once or more often: every request in flight has
/// an id of its own, and no request costs the generator more than copying digits.
/// </summary>
internal sealed class RequestTemplate
{
    private const string Mark = "{id}";
    private const int FirstId = 10_000_000;
    private const int Ids = 90_000_000;

    private readonly byte[] _bytes;
    private readonly int[] _places;

    /// <summary>A POST of a JSON body.</summary>
    public RequestTemplate(string path, IEnumerable<(string Name, string Value)> headers, string body)
    {
        var length = Encoding.UTF8.GetByteCount(body.Replace(Mark, "00000000", StringComparison.Ordinal));
        var text = new StringBuilder($"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n");
        foreach (var (name, value) in headers)
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        var parts = text.Append("\r\n").Append(body).ToString().Split(Mark);
        _bytes = Encoding.UTF8.GetBytes(string.Join("00000000", parts));
        _places = new int[parts.Length - 1];
        var place = 0;
        for (var i = 0; i < _places.Length; i++)
        {
            place += Encoding.UTF8.GetByteCount(parts[i]);
            _places[i] = place;
            place += 8;
        }
    }

    /// <summary>A copy of the bytes for one connection.</summary>
    public byte[] NewBuffer() => [.. _bytes];

    /// <summary>Writes the id of the n-th request; the result is the id's text.</summary>
    public ReadOnlySpan<byte> Number(byte[] buffer, long n)
    {
        var id = FirstId + (int)(n % Ids);
        foreach (var place in _places)
            System.Buffers.Text.Utf8Formatter.TryFormat(id, buffer.AsSpan(place), out _);
        return _places.Length == 0 ? default : buffer.AsSpan(_places[0], 8);
    }
}
