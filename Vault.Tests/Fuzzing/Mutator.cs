namespace Granary.Vault.Tests.Fuzzing;

/// <summary>Makes bad input out of good: a few small changes, always the same for a seed.</summary>
internal sealed class Mutator(int seed)
{
    private const int MaxChanges = 4;

    // What parsers stumble over: structure, numbers at their limits, halves of characters, paths, other encodings.
    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "{", "}", "[", "]", "\"", "\\", ",", ":", "\n", "\r\n", " ", "-", "0", "1e400", "-0", "1.0", "null", "true", "NaN", "\\u0000", "\\ud800", "{\"a\":", "\"\":",
            "99999999999999999999", "-9223372036854775808", "2147483648", "=", "====", "../", "/", "-----BEGIN ", "-----END ", "T", "Z", "+00:00", "evt_", "bp1_",
        }.Select(System.Text.Encoding.ASCII.GetBytes),
        [0], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xef, 0xbb, 0xbf], [0xff, 0xff, 0xff, 0x7f], [0x84, 0xff, 0xff, 0xff, 0xff], [0x30, 0x80],
    ];

    private readonly Random _random = new(seed);

    /// <summary>One of the samples, changed.</summary>
    public byte[] Next(IReadOnlyList<byte[]> samples)
    {
        var bytes = samples[_random.Next(samples.Count)].ToList();
        for (var changes = _random.Next(1, MaxChanges + 1); changes > 0; changes--)
            Change(bytes, samples);
        return [.. bytes];
    }

    private void Change(List<byte> bytes, IReadOnlyList<byte[]> samples)
    {
        var at = _random.Next(bytes.Count + 1);
        switch (_random.Next(8))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, Math.Min(bytes.Count - at, _random.Next(1, 24)));
                break;
            case 3:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, _random.Next(1, 64))));
                break;
            case 5:
                var other = samples[_random.Next(samples.Count)];
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other.Skip(_random.Next(other.Length + 1)));
                break;
            case 6:
                bytes.InsertRange(at, Enumerable.Repeat(Tokens[_random.Next(Tokens.Length)], _random.Next(1, 200)).SelectMany(token => token));
                break;
            default:
                bytes.InsertRange(at, Tokens[_random.Next(Tokens.Length)]);
                break;
        }
    }
}
