using System.Security.Cryptography;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;

namespace Granary.Vault.Checkpoints;

/// <summary>
/// A key's word for a state that is kept beside its vault, evidence included, so that an opening need not replay the log. Its document is canonical JSON:
/// <c>{"head","key_id","parts","position","sha256","sig","signed_at_utc","version"}</c>; the signature (Base64) is over the same without <c>sig</c>. The
/// state is in documents of its own, the parts, and <c>sha256</c> is the hash of their hashes: they are read, hashed and restored on all cores.
/// </summary>
public sealed record ResumePoint
{
    /// <summary>Its document, beside the vault.</summary>
    public const string Name = "resume";

    private const int Version = 1;
    private const int MaxParts = 10_000;

    /// <summary>The head its state belongs to.</summary>
    public required LogHead Head { get; init; }

    /// <summary>The key that signed.</summary>
    public required string KeyId { get; init; }

    /// <summary>How many documents hold the state.</summary>
    public required int Parts { get; init; }

    /// <summary>The hash of their hashes: 64 hex digits.</summary>
    public required string PartsHash { get; init; }

    /// <summary>When, as written.</summary>
    public required string SignedAt { get; init; }

    /// <summary>Base64.</summary>
    public required string Signature { get; init; }

    /// <summary>The name of a part's document.</summary>
    public static string PartName(int number) => $"{Name}-{number:D4}";

    /// <summary>The documents of a state, in the order in which they are to be kept: what vouches for the others comes last.</summary>
    public static IReadOnlyList<VaultDocument> Write(ReducerV0 state, LogHead head, SigningKey key, DateTimeOffset time)
    {
        var parts = state.Snapshot();
        var unsigned = new ResumePoint
        {
            Head = head,
            KeyId = key.PublicKey.KeyId,
            Parts = parts.Count,
            PartsHash = HashOf([.. parts.SelectMany(SHA256.HashData)]),
            SignedAt = EventTimestamp.Format(time),
            Signature = "",
        };
        var signed = unsigned with { Signature = key.SignToBase64(unsigned.Write(signed: false)) };
        return [.. parts.Select((part, number) => new VaultDocument(PartName(number), part)), new VaultDocument(Name, signed.Write(signed: true))];
    }

    /// <summary>Keeps a state beside its vault, in the place of an earlier one; one of a later position stays.</summary>
    public static async Task KeepAsync(IVaultLog log, IReadOnlyList<VaultDocument> documents, LogHead head, CancellationToken cancellation)
    {
        foreach (var document in documents)
        {
            if (!await log.WriteBesideAsync(document, head.Count, cancellation))
                return;
        }
        await ClearAsync(log, documents.Count - 1, head.Count, cancellation);
    }

    /// <summary>Forgets the state that is kept, because it says what is to be erased from the log.</summary>
    public static async Task DropAsync(IVaultLog log, CancellationToken cancellation)
    {
        if (await log.ReadBesideAsync(Name, cancellation) is { IsEmpty: false })
            await log.WriteBesideAsync(new VaultDocument(Name, default), log.Head.Count, cancellation);
        await ClearAsync(log, 0, log.Head.Count, cancellation);
    }

    /// <summary>Reads the document; whose signature it carries is another question.</summary>
    /// <exception cref="FormatException">It is not such a document, or one of another version; the message says why.</exception>
    public static ResumePoint Read(ReadOnlySpan<byte> json)
    {
        var text = CanonicalDocument.Canonical(json, "It");
        if (CanonicalDocument.Number(text, "version") != Version)
            throw new FormatException($"It is of another version than {Version}.");
        var parts = CanonicalDocument.Number(text, "parts");
        return new ResumePoint
        {
            Head = new LogHead(CanonicalDocument.Number(text, "position"), Convert.ToHexStringLower(CanonicalDocument.Hash(text, "head"))),
            KeyId = CanonicalDocument.Text(text, "key_id"),
            Parts = parts is > 0 and <= MaxParts ? (int)parts : throw new FormatException($"It has {parts} parts; there must be 1 to {MaxParts}."),
            PartsHash = Convert.ToHexStringLower(CanonicalDocument.Hash(text, "sha256")),
            SignedAt = CanonicalDocument.Text(text, "signed_at_utc"),
            Signature = CanonicalDocument.Text(text, "sig"),
        };
    }

    /// <summary>True when it is <paramref name="key"/>'s signature of what it says.</summary>
    public bool IsSignedBy(PublicKey key) => key.KeyId == KeyId && key.VerifyBase64(Write(signed: false), Signature);

    private static async Task ClearAsync(IVaultLog log, int from, long rank, CancellationToken cancellation)
    {
        for (var number = from; await log.ReadBesideAsync(PartName(number), cancellation) is { IsEmpty: false }; number++)
            await log.WriteBesideAsync(new VaultDocument(PartName(number), default), rank, cancellation);
    }

    /// <summary>What <see cref="PartsHash"/> is of parts with these hashes, one behind the other.</summary>
    internal static string HashOf(ReadOnlySpan<byte> hashes) => Convert.ToHexStringLower(SHA256.HashData(hashes));

    private byte[] Write(bool signed)
    {
        using var output = new PooledBuffer(512);
        CanonicalDocument.Write(output, "head", Head.Hash);
        CanonicalDocument.Write(output, "key_id", KeyId);
        CanonicalDocument.Write(output, "parts", Parts);
        CanonicalDocument.Write(output, "position", Head.Count);
        CanonicalDocument.Write(output, "sha256", PartsHash);
        if (signed)
            CanonicalDocument.Write(output, "sig", Signature);
        CanonicalDocument.Write(output, "signed_at_utc", SignedAt);
        CanonicalDocument.Write(output, "version", Version);
        output.Write((byte)'}');
        return output.Written.ToArray();
    }
}
