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

    /// <summary>Signs where a log stands.</summary>
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
        Span<byte> signature = stackalloc byte[SigningKey.SignatureLength];
        key.Sign(unsigned.Write(signed: false), signature);
        return unsigned with { Signature = Convert.ToBase64String(signature) };
    }

    /// <summary>The document's bytes.</summary>
    public byte[] Write() => Write(signed: true);

    /// <summary>Reads a document; whose signature it carries is another question.</summary>
    /// <exception cref="FormatException">It is not a signed head; the message names the member.</exception>
    public static SignedHead Read(ReadOnlySpan<byte> json)
    {
        var text = ProofJson.Canonical(json, "The signed head");
        return new SignedHead
        {
            Count = ProofJson.Number(text, "count"),
            Format = ProofJson.Text(text, "format"),
            Head = Convert.ToHexStringLower(ProofJson.Hash(text, "head")),
            KeyId = ProofJson.Text(text, "key_id"),
            Root = Convert.ToHexStringLower(ProofJson.Hash(text, "root")),
            SignedAt = ProofJson.Text(text, "signed_at_utc"),
            Signature = ProofJson.Text(text, "sig"),
            Vault = ProofJson.Text(text, "vault"),
        };
    }

    /// <summary>True when it is <paramref name="key"/>'s signature of what it says.</summary>
    public bool IsSignedBy(PublicKey key)
    {
        Span<byte> signature = stackalloc byte[SigningKey.SignatureLength];
        return key.KeyId == KeyId && StrictBase64.TryDecode(Signature, signature) && key.Verify(Write(signed: false), signature);
    }

    /// <summary>
    /// Whether it may take the place of the record that is kept: of the same vault and format, and no smaller; one of the same size must say the same.
    /// </summary>
    public bool MayReplace(SignedHead? kept) =>
        kept is null || (kept.Vault == Vault && kept.Format == Format
            && (Count > kept.Count || (Count == kept.Count && Head == kept.Head && Root == kept.Root)));

    private byte[] Write(bool signed)
    {
        using var output = new PooledBuffer(512);
        ProofJson.Write(output, "count", Count);
        ProofJson.Write(output, "format", Format);
        ProofJson.Write(output, "head", Head);
        ProofJson.Write(output, "key_id", KeyId);
        ProofJson.Write(output, "root", Root);
        if (signed)
            ProofJson.Write(output, "sig", Signature);
        ProofJson.Write(output, "signed_at_utc", SignedAt);
        ProofJson.Write(output, "vault", Vault);
        output.Write((byte)'}');
        return output.Written.ToArray();
    }
}
