namespace Granary.Gateway.Protocol.Messages;

/// <summary>Keys of <c>_meta</c> that are this server's own.</summary>
internal static class OwnMetaKeys
{
    /// <summary>In a call: true asks for the receipt of the call's record. In its result: the receipt.</summary>
    public const string Receipt = "granary/receipt";

    /// <summary>In a tool's definition: the SHA-256 of everything else in it.</summary>
    public const string Digest = "granary/sha256";
}
