using System.Runtime.InteropServices;

namespace Granary.Vault.Keys;

/// <summary>The one check of a public key that NSec does not offer, from the libsodium that it brings: NSec refuses weak keys only when they verify.</summary>
internal static partial class CurvePoint
{
    /// <summary>Whether 32 bytes are the canonical encoding of a point of the curve's main group, and not its neutral element.</summary>
    public static bool IsSound(ReadOnlySpan<byte> raw) => IsValidPoint(raw) == 1;

    [LibraryImport("libsodium", EntryPoint = "crypto_core_ed25519_is_valid_point")]
    [UnmanagedCallConv(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static partial int IsValidPoint(ReadOnlySpan<byte> raw);
}
