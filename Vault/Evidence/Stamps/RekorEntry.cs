using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Proofs;
using Granary.Vault.Transparency;

namespace Granary.Vault.Evidence.Stamps;

/// <summary>
/// An entry of a Rekor log, version 1, of the type <c>hashedrekord</c> 0.0.1: its digest is the root, signed with a key that is in the entry and signs nothing else. As
/// evidence it is the <c>TransparencyLogEntry</c> that is in Sigstore's bundles, in JSON.
/// </summary>
public sealed class RekorEntry
{
    /// <summary>The most bytes of an entry, and of what a log answers.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxHashes = 64;

    private readonly RekorEntryJson _entry;
    private readonly RekorBody _body;
    private readonly SignedNote _note;
    private readonly LogCheckpoint _checkpoint;

    private RekorEntry(RekorEntryJson entry)
    {
        _entry = entry;
        var proof = entry.InclusionProof;
        if (entry.LogId.KeyId.Length != TreeHash.Size || proof.RootHash.Length != TreeHash.Size || proof.Hashes.Any(hash => hash is not { Length: TreeHash.Size }))
            throw new FormatException("The ids and hashes of a Rekor entry have 32 bytes.");
        if (entry.LogIndex < 0 || proof.LogIndex < 0 || proof.LogIndex >= proof.TreeSize || proof.Hashes.Count > MaxHashes)
            throw new FormatException("The Rekor entry has an index outside its log, or a proof that is too long.");
        if (entry.KindVersion != RekorBody.KindVersion)
            throw new FormatException($"The Rekor entry is of the type {entry.KindVersion.Kind} {entry.KindVersion.Version}; {RekorBody.Kind} {RekorBody.Version} is known here.");
        // Beyond the year 9999 there is no date to compare with.
        if (entry.IntegratedTime is < 0 or > 253402300799)
            throw new FormatException("The Rekor entry has no time.");
        Time = DateTimeOffset.FromUnixTimeSeconds(entry.IntegratedTime);
        _body = RekorBody.Read(entry.CanonicalizedBody);
        _note = SignedNote.Read(Encoding.UTF8.GetBytes(proof.Checkpoint.Envelope));
        _checkpoint = LogCheckpoint.Parse(_note.Text);
    }

    /// <summary>When the log took it.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>Its place in the log, as <c>https://search.sigstore.dev/?logIndex=</c> takes it.</summary>
    public long LogIndex => _entry.LogIndex;

    /// <summary>The SHA-256 of the log's public key, 64 hex digits.</summary>
    public string LogId => Convert.ToHexStringLower(_entry.LogId.KeyId);

    /// <summary>Reads evidence.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static RekorEntry Read(ReadOnlySpan<byte> evidence) => new(Json(evidence, RekorJson.Default.RekorEntryJson));

    /// <summary>Reads what a log answers to a new entry, or to the question for one: <c>{"UUID":{…}}</c>.</summary>
    /// <exception cref="FormatException">It is no such answer.</exception>
    public static RekorEntry Of(ReadOnlySpan<byte> answer) => Json(answer, RekorJson.Default.DictionaryStringRekorAnswer) is { Count: 1 } entries && entries.Values.Single() is { } entry
        ? new RekorEntry(entry.ToEntry())
        : throw new FormatException("The answer does not have one entry.");

    /// <summary>The evidence.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(_entry, RekorJson.Default.RekorEntryJson);

    /// <summary>What is wrong with it: a sentence, or null where it is of this root and in the log.</summary>
    /// <param name="root">What it should be of, 32 bytes.</param>
    /// <param name="trusted">Keys of logs to trust; null to leave open whose log it is, and with it the time.</param>
    public string? Problem(ReadOnlySpan<byte> root, IReadOnlyList<P256PublicKey>? trusted) => _body.Problem(root) ?? ProofProblem() ?? (trusted is null ? null : LogProblem(trusted));

    private string? ProofProblem()
    {
        var proof = _entry.InclusionProof;
        var rootHash = Convert.ToHexStringLower(proof.RootHash);
        if (_checkpoint.Size != proof.TreeSize || _checkpoint.Root != rootHash)
            return "The Rekor entry's inclusion proof is for another tree than its checkpoint.";
        return InclusionProof.RootOf(_entry.CanonicalizedBody, proof.LogIndex, proof.TreeSize, proof.Hashes!) is { } led && led.AsSpan().SequenceEqual(proof.RootHash)
            ? null
            : "The Rekor entry's inclusion proof does not lead to the root of its log's tree.";
    }

    private string? LogProblem(IReadOnlyList<P256PublicKey> trusted)
    {
        if (trusted.FirstOrDefault(key => key.Id == LogId) is not { } log)
            return $"The Rekor entry is in the log {LogId}, whose key is not one of those to trust.";
        if (!log.Verify(Promised(), _entry.InclusionPromise.SignedEntryTimestamp))
            return "The log's signature of the Rekor entry and its time does not hold.";
        return IsSignedBy(log) ? null : "The checkpoint of the Rekor entry is not signed by its log.";
    }

    /// <summary>What the log signs: canonical JSON (RFC 8785).</summary>
    private byte[] Promised()
    {
        using var output = new PooledBuffer(_entry.CanonicalizedBody.Length * 2);
        CanonicalDocument.Write(output, "body", Convert.ToBase64String(_entry.CanonicalizedBody));
        CanonicalDocument.Write(output, "integratedTime", _entry.IntegratedTime);
        CanonicalDocument.Write(output, "logID", LogId);
        CanonicalDocument.Write(output, "logIndex", LogIndex);
        output.Write((byte)'}');
        return output.Written.ToArray();
    }

    /// <summary>
    /// Rekor signs by the host's name, with which its origins begin; a key's id in a note is the beginning of the log's. A line that claims to be the log's and is false makes the answer no.
    /// </summary>
    private bool IsSignedBy(P256PublicKey log)
    {
        var id = BinaryPrimitives.ReadUInt32BigEndian(_entry.LogId.KeyId);
        var text = Encoding.UTF8.GetBytes(_note.Text);
        var claimed = _note.Signatures.Where(signature => signature.KeyId == id && $"{_checkpoint.Origin} ".StartsWith($"{signature.Name} ", StringComparison.Ordinal)).ToList();
        return claimed.Count > 0 && claimed.TrueForAll(signature => log.Verify(text, signature.Bytes.Span[sizeof(uint)..]));
    }

    private static T Json<T>(ReadOnlySpan<byte> json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            if (json.Length <= MaxBytes)
                return JsonSerializer.Deserialize(json, type) ?? throw new FormatException("It is null.");
        }
        catch (JsonException failure)
        {
            throw new FormatException($"It is not a Rekor entry in JSON: {failure.Message}", failure);
        }
        throw new FormatException($"A Rekor entry has at most {MaxBytes} bytes.");
    }
}
