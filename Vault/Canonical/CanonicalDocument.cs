using System.Buffers.Text;
using System.Text;

namespace Granary.Vault.Canonical;

/// <summary>
/// Reads and writes small canonical objects of known members, as proofs, signed heads and resume points are. What is read comes from anybody.
/// </summary>
internal static class CanonicalDocument
{
    private static readonly System.Buffers.SearchValues<byte> LowerHex = System.Buffers.SearchValues.Create("0123456789abcdef"u8);

    /// <summary>The text in canonical form, which <see cref="CanonicalObject"/> reads.</summary>
    /// <exception cref="FormatException">It is not a JSON object, or has duplicate members.</exception>
    public static byte[] Canonical(ReadOnlySpan<byte> json, string what)
    {
        try
        {
            var text = CanonicalJson.CanonicalizeUnique(json, CanonicalJson.GreatestMaxDepth);
            return text[0] == '{' ? text : throw new FormatException($"{what} is not a JSON object.");
        }
        catch (CanonicalJsonException failure)
        {
            throw new FormatException($"{what} is not JSON that can be used: {failure.Message}", failure);
        }
    }

    public static ReadOnlySpan<byte> Member(ReadOnlySpan<byte> text, string name) =>
        CanonicalObject.TryGet(text, Encoding.UTF8.GetBytes(name), out var value) ? value : throw new FormatException($"The member {name} is missing.");

    public static string Text(ReadOnlySpan<byte> text, string name)
    {
        var value = Member(text, name);
        return value[0] == '"' ? JsonString.Read(value) : throw new FormatException($"The member {name} must be a string.");
    }

    public static long Number(ReadOnlySpan<byte> text, string name)
    {
        var value = Member(text, name);
        return Utf8Parser.TryParse(value, out long number, out var read) && read == value.Length && number >= 0
            ? number
            : throw new FormatException($"The member {name} must be a whole number, 0 or more.");
    }

    public static byte[] Hash(ReadOnlySpan<byte> text, string name) => Hash(Member(text, name), name, 0);

    /// <summary>An array of hashes; a tree has at most 63 levels, and so has a proof.</summary>
    public static List<byte[]> Hashes(ReadOnlySpan<byte> text, string name)
    {
        var value = Member(text, name);
        if (value[0] != '[')
            throw new FormatException($"The member {name} must be an array of hashes.");
        var hashes = new List<byte[]>();
        for (var at = 1; value[at] != ']';)
        {
            var end = CanonicalObject.EndOfValue(value, at);
            hashes.Add(Hash(value[at..end], name, hashes.Count));
            if (hashes.Count > 64)
                throw new FormatException($"The member {name} has more than 64 hashes; no tree is so deep.");
            at = value[end] == ',' ? end + 1 : end;
        }
        return hashes;
    }

    public static void Write(PooledBuffer output, string name, string value)
    {
        Name(output, name);
        JsonString.Write(value, output);
    }

    public static void Write(PooledBuffer output, string name, long value)
    {
        Name(output, name);
        output.Write(Encoding.ASCII.GetBytes(value.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    public static void Write(PooledBuffer output, string name, IReadOnlyList<byte[]> hashes)
    {
        Name(output, name);
        output.Write((byte)'[');
        for (var i = 0; i < hashes.Count; i++)
        {
            if (i > 0)
                output.Write((byte)',');
            JsonString.Write(Convert.ToHexStringLower(hashes[i]), output);
        }
        output.Write((byte)']');
    }

    /// <summary>Writes a member whose value is canonical JSON already.</summary>
    public static void WriteRaw(PooledBuffer output, string name, ReadOnlySpan<byte> value)
    {
        Name(output, name);
        output.Write(value);
    }

    // Members come in alphabetical order from the callers, who know them.
    private static void Name(PooledBuffer output, string name)
    {
        output.Write(output.Length == 0 ? (byte)'{' : (byte)',');
        JsonString.Write(name, output);
        output.Write((byte)':');
    }

    private static byte[] Hash(ReadOnlySpan<byte> value, string name, int index)
    {
        if (value.Length != 66 || value[0] != '"' || value[1..^1].ContainsAnyExcept(LowerHex))
            throw new FormatException($"The member {name} must hold 64 lower-case hexadecimal digits (hash {index + 1}).");
        return Convert.FromHexString(Encoding.ASCII.GetString(value[1..^1]));
    }
}
