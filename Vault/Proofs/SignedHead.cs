using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Proofs;

/// <summary>
/// A key's word for where a vault's log stood. Kept outside the vault, it shows when the log is cut or rewritten. Its document is canonical JSON:
/// <c>{"count","format","head","key_id","root","sig","signed_at_utc","vault"}</c>; the signature (Base64) is over the same without <c>sig</c>.
/// </summary>
public sealed record SignedHead
{
    /// <summary>How many entries the log held.</summary>
    public required long Count { get; init; }

    /// <summary>The vault's format: <c>psmc</c> or <c>backpack</c>.</summary>
    public required string Format { get; init; }

    /// <summary>The hash of the last entry, or zeros: 64 hex digits.</summary>
    public required string Head { get; init; }

    /// <summary>The key that signed.</summary>
    public required string KeyId { get; init; }

    /// <summary>The root of the event tree over all entries: 64 hex digits.</summary>
    public required string Root { get; init; }

    /// <summary>When, as written.</summary>
    public required string SignedAt { get; init; }

    /// <summary>Base64.</summary>
    public required string Signature { get; init; }

    /// <summary>The vault's name where it was signed.</summary>
    public required string Vault { get; init; }

    /// <summary>Signs the head of a log.</summary>
    public static SignedHead Sign(string vault, string format, LogHead head, string root, SigningKey key, DateTimeOffset time)
    {
        var unsigned = new SignedHead
        {
            Count = head.Count,
            Format = format,
            Head = head.Hash,
            KeyId = key.PublicKey.KeyId,
            Root = root,
            SignedAt = EventTimestamp.Format(time),
            Signature = "",
            Vault = vault,
        };
        return unsigned with { Signature = key.SignToBase64(unsigned.Write(signed: false)) };
    }

    /// <summary>The document's bytes.</summary>
    public byte[] Write() => Write(signed: true);

    /// <summary>Reads a document; whose signature it carries is another question.</summary>
    /// <exception cref="FormatException">It is not a signed head; the message names the member.</exception>
    public static SignedHead Read(ReadOnlySpan<byte> json)
    {
        var text = CanonicalDocument.Canonical(json, "The signed head");
        return new SignedHead
        {
            Count = CanonicalDocument.Number(text, "count"),
            Format = CanonicalDocument.Text(text, "format"),
            Head = Convert.ToHexStringLower(CanonicalDocument.Hash(text, "head")),
            KeyId = CanonicalDocument.Text(text, "key_id"),
            Root = Convert.ToHexStringLower(CanonicalDocument.Hash(text, "root")),
            SignedAt = CanonicalDocument.Text(text, "signed_at_utc"),
            Signature = CanonicalDocument.Text(text, "sig"),
            Vault = CanonicalDocument.Text(text, "vault"),
        };
    }

    /// <summary>True when it is <paramref name="key"/>'s signature of what it says.</summary>
    public bool IsSignedBy(PublicKey key) => key.KeyId == KeyId && key.VerifyBase64(Write(signed: false), Signature);

    /// <summary>
    /// Whether it may take the place of the record that is kept: of the same vault and format, and no smaller; one of the same size must say the same.
    /// </summary>
    public bool MayReplace(SignedHead? kept) =>
        kept is null || (kept.Vault == Vault && kept.Format == Format
            && (Count > kept.Count || (Count == kept.Count && Head == kept.Head && Root == kept.Root)));

    private byte[] Write(bool signed)
    {
        using var output = new PooledBuffer(512);
        CanonicalDocument.Write(output, "count", Count);
        CanonicalDocument.Write(output, "format", Format);
        CanonicalDocument.Write(output, "head", Head);
        CanonicalDocument.Write(output, "key_id", KeyId);
        CanonicalDocument.Write(output, "root", Root);
        if (signed)
            CanonicalDocument.Write(output, "sig", Signature);
        CanonicalDocument.Write(output, "signed_at_utc", SignedAt);
        CanonicalDocument.Write(output, "vault", Vault);
        output.Write((byte)'}');
        return output.Written.ToArray();
    }
}
