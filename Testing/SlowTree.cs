using System.Numerics;
using System.Security.Cryptography;

namespace Granary.Testing;

/// <summary>RFC 6962, section 2.1, written down as it is defined: the model that the fast code is held against.</summary>
public static class SlowTree
{
    public static byte[] Root(IReadOnlyList<byte[]> data) => data.Count switch
    {
        0 => SHA256.HashData([]),
        1 => SHA256.HashData([0, .. data[0]]),
        var count => SHA256.HashData([1, .. Root([.. data.Take(Split(count))]), .. Root([.. data.Skip(Split(count))])]),
    };

    public static List<byte[]> Path(int m, IReadOnlyList<byte[]> data)
    {
        if (data.Count == 1)
            return [];
        var k = Split(data.Count);
        return m < k
            ? [.. Path(m, [.. data.Take(k)]), Root([.. data.Skip(k)])]
            : [.. Path(m - k, [.. data.Skip(k)]), Root([.. data.Take(k)])];
    }

    public static List<byte[]> Proof(int m, IReadOnlyList<byte[]> data, bool whole = true)
    {
        if (m == data.Count)
            return whole ? [] : [Root(data)];
        var k = Split(data.Count);
        return m <= k
            ? [.. Proof(m, [.. data.Take(k)], whole), Root([.. data.Skip(k)])]
            : [.. Proof(m - k, [.. data.Skip(k)], false), Root([.. data.Take(k)])];
    }

    private static int Split(int count) => 1 << BitOperations.Log2((uint)(count - 1));
}
