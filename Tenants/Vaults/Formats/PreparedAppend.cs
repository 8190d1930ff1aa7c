namespace Granary.Tenants.Vaults.Formats;

/// <summary>An event that its format has checked and brought into canonical form; what is left depends on its place in the log.</summary>
internal abstract class PreparedAppend
{
    /// <summary>Bytes that wait while it waits.</summary>
    public abstract int Size { get; }

    /// <summary>A digest of all that the caller said: 64 hex digits.</summary>
    public abstract string ContentDigest();
}
