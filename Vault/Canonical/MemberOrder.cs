namespace Granary.Vault.Canonical;

/// <summary>The order of an object's members: by the code points of their keys, which is the order of the keys' UTF-8 bytes.</summary>
internal static class MemberOrder
{
    private const int ShownLength = 64;

    /// <summary>Compares two keys as they are written, quotes included.</summary>
    public static int CompareKeys(ReadOnlySpan<byte> text, in Member x, in Member y) =>
        CompareKeys(text[(x.Start + 1)..(x.KeyEnd - 1)], text[(y.Start + 1)..(y.KeyEnd - 1)]);

    /// <summary>Compares two keys as they are written, without quotes.</summary>
    public static int CompareKeys(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        var common = x.CommonPrefixLength(y);
        // Equal bytes mean equal characters, but the first difference may lie inside an escape: then what it represents decides.
        if (x.Contains((byte)'\\') || y.Contains((byte)'\\'))
            return CompareEscaped(x, y);
        return common == x.Length || common == y.Length ? x.Length - y.Length : x[common] - y[common];
    }

    /// <summary>Puts the members of the innermost object, the last thing in the output, in order; of equal keys the last one stays.</summary>
    /// <returns>A key that was there more than once, as JSON, shortened; null where there was none.</returns>
    public static string? Restore(PooledBuffer output, Scratch scratch, int frame)
    {
        string? twice = null;
        var members = scratch.Members.GetRange(frame, scratch.Members.Count - frame);
        members.Sort((x, y) =>
        {
            var order = CompareKeys(output.Written, x, y);
            return order != 0 ? order : x.Start - y.Start;
        });
        var text = output.Written;
        var start = scratch.Members[frame].Start;
        scratch.Buffer.Clear();
        for (var i = 0; i < members.Count; i++)
        {
            if (i + 1 < members.Count && CompareKeys(text, members[i], members[i + 1]) == 0)
            {
                twice ??= Show(text[members[i].Start..members[i].KeyEnd]);
                continue;
            }
            if (scratch.Buffer.Length > 0)
                scratch.Buffer.Write((byte)',');
            scratch.Buffer.Write(text[members[i].Start..members[i].End]);
        }
        output.Truncate(start);
        output.Write(scratch.Buffer.Written);
        return twice;
    }

    private static string Show(ReadOnlySpan<byte> key)
    {
        var text = System.Text.Encoding.UTF8.GetString(key);
        return text.Length <= ShownLength ? text : string.Concat(text.AsSpan(0, ShownLength), "...\"");
    }

    private static int CompareEscaped(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        while (!x.IsEmpty && !y.IsEmpty)
        {
            var difference = JsonString.NextByte(ref x) - JsonString.NextByte(ref y);
            if (difference != 0)
                return difference;
        }
        return x.Length - y.Length;
    }
}
