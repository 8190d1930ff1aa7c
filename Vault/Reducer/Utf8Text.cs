namespace Granary.Vault.Reducer;

/// <summary>
/// Orders texts by their code points, as canonical keys are ordered: ordinal order of .NET strings puts surrogates before the last of the rest.
/// </summary>
internal static class Utf8Text
{
    public static IComparer<string> Order { get; } = Comparer<string>.Create(Compare);

    private static int Compare(string x, string y)
    {
        var at = x.AsSpan().CommonPrefixLength(y);
        if (at == x.Length || at == y.Length)
            return x.Length - y.Length;
        var (left, right) = (x[at], y[at]);
        return char.IsSurrogate(left) == char.IsSurrogate(right) ? left - right : char.IsSurrogate(left) ? 1 : -1;
    }
}
