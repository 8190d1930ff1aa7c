using Microsoft.Win32.SafeHandles;

namespace Granary.Vault.Keys;

/// <summary>An EVP_PKEY.</summary>
internal sealed class KeyHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.EVP_PKEY_free(handle);
        return true;
    }
}

/// <summary>An EVP_MD_CTX, and whether it has been prepared for its key.</summary>
internal sealed class DigestHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    public bool Prepared { get; set; }

    protected override bool ReleaseHandle()
    {
        LibCrypto.EVP_MD_CTX_free(handle);
        return true;
    }
}
