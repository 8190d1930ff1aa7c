namespace Granary.Vault.Tests.Keys;

/// <summary>
/// 32 bytes that no honest key pair has. The eight points of small order as RFC 8032 encodes them; every encoding of a y that is not below 2^255-19, and
/// of x = 0 with a sign; and a sound key (RFC 8032, 7.1, test 1) with a point of small order added to it.
/// </summary>
internal static class WeakKeys
{
    public static IReadOnlyList<string> SmallOrder { get; } =
    [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    ];

    public static IReadOnlyList<string> NotCanonical { get; } =
    [
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        .. Enumerable.Range(0xed, 0x13).SelectMany(low => new[] { $"{low:x2}{new string('f', 60)}7f", $"{low:x2}{new string('f', 60)}ff" }),
    ];

    public static IReadOnlyList<string> MixedOrder { get; } =
    [
        "16a567fe7d4ef5482ab4012c369bf8c5f11e8d0c2559dcda50fde59708f8aee5",
        "3b5b475c4b82dd1572799fc546f4c6c03e478c6654aa4c7f945b347ea32af60d",
    ];

    public static TheoryData<string> All => [.. SmallOrder, .. NotCanonical, .. MixedOrder];
}
