namespace Granary.Vault.Reducer;

/// <summary>Orders texts by their UTF-8 bytes: the order of canonical keys, which ordinal order of .NET strings is not.</summary>
internal sealed class Utf8Order : IComparer<byte[]>
{
    public static Utf8Order Instance { get; } = new();

    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}
