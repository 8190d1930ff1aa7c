using System.Text.Unicode;

namespace Granary.Vault.Canonical;

/// <summary>
/// The canonical form of a JSON text, as Provara's reference writes it: no white space, keys in the order of their code points, the
/// lexical class of every number kept (<c>1</c> and <c>1.0</c> differ), floats laid out as Python does, only the necessary escapes.
/// It is not RFC 8785.
/// </summary>
public static class CanonicalJson
{
    /// <summary>How many digits an integer has at most: the limit of the reference's parser.</summary>
    public const int MaxIntegerDigits = 4300;

    /// <summary>How deep arrays and objects may be nested where a caller names no other limit.</summary>
    public const int DefaultMaxDepth = 64;

    /// <summary>The deepest limit a caller can ask for; beyond it the reference fails as well.</summary>
    public const int GreatestMaxDepth = 900;

    /// <summary>Appends the canonical form of <paramref name="json"/> to <paramref name="output"/>, which stays as it was on failure.</summary>
    /// <exception cref="CanonicalJsonException">
    /// The text is not JSON in UTF-8, is nested deeper than <paramref name="maxDepth"/>, or holds what has no canonical form: NaN,
    /// infinities, floats beyond a double's range, lone surrogates, integers of more than <see cref="MaxIntegerDigits"/> digits.
    /// A member that a later one of the same key replaces must be well-formed too.
    /// </exception>
    public static void Write(ReadOnlySpan<byte> json, PooledBuffer output, int maxDepth = DefaultMaxDepth) => Scan(json, output, maxDepth, unique: false);

    private static void Scan(ReadOnlySpan<byte> json, PooledBuffer output, int maxDepth, bool unique)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)maxDepth, (uint)GreatestMaxDepth);
        if (!Utf8.IsValid(json))
            throw new CanonicalJsonException(ForeignBytes.Name(json) ?? "The text is not valid UTF-8", FirstInvalid(json));
        var start = output.Length;
        var scratch = Scratch.Take();
        try
        {
            new CanonicalScanner(json, output, scratch, maxDepth, unique).Run();
        }
        catch
        {
            output.Truncate(start);
            throw;
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>The canonical form as an array of its own. Limits and failures as <see cref="Write"/>.</summary>
    public static byte[] Canonicalize(ReadOnlySpan<byte> json, int maxDepth = DefaultMaxDepth)
    {
        using var output = new PooledBuffer(json.Length + 16);
        Write(json, output, maxDepth);
        return output.Written.ToArray();
    }

    /// <summary>
    /// As <see cref="Canonicalize"/>, for what somebody else wrote: a duplicate member is refused too, because which of the two counts would differ
    /// from reader to reader.
    /// </summary>
    public static byte[] CanonicalizeUnique(ReadOnlySpan<byte> json, int maxDepth = DefaultMaxDepth)
    {
        using var output = new PooledBuffer(json.Length + 16);
        Scan(json, output, maxDepth, unique: true);
        return output.Written.ToArray();
    }

    /// <summary>Refuses what <see cref="CanonicalizeUnique"/> does.</summary>
    public static void Check(ReadOnlySpan<byte> json, int maxDepth = DefaultMaxDepth)
    {
        // Canonical means unique as well.
        if (IsCanonical(json, maxDepth))
            return;
        using var output = new PooledBuffer(json.Length + 16);
        Scan(json, output, maxDepth, unique: true);
    }

    /// <summary>
    /// The canonical form of a text that is expected to be in it already: then it is the text itself, and nothing is written. Otherwise it is written
    /// to <paramref name="scratch"/>, whose content is replaced. Limits and failures as <see cref="Write"/>.
    /// </summary>
    /// <returns>A view of one of the two, equal to <paramref name="json"/> where that is canonical.</returns>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> json, PooledBuffer scratch, int maxDepth = DefaultMaxDepth)
    {
        if (IsCanonical(json, maxDepth))
            return json;
        scratch.Clear();
        Write(json, scratch, maxDepth);
        return scratch.Written;
    }

    /// <summary>
    /// True when the text is certainly in canonical form, found without writing it. False says nothing: <see cref="Write"/> decides.
    /// </summary>
    public static bool IsCanonical(ReadOnlySpan<byte> json, int maxDepth = DefaultMaxDepth) => CanonicalCheck.Passes(json, maxDepth);

    private static int FirstInvalid(ReadOnlySpan<byte> json)
    {
        var offset = 0;
        while (System.Text.Rune.DecodeFromUtf8(json[offset..], out _, out var length) == System.Buffers.OperationStatus.Done)
            offset += length;
        return offset;
    }
}
