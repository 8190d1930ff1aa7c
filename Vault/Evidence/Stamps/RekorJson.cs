using System.Text.Json.Serialization;

namespace Granary.Vault.Evidence.Stamps;

// An entry as bundles have it: TransparencyLogEntry of Sigstore's protobuf-specs in the JSON of protocol buffers, where long numbers are strings.

internal sealed record RekorEntryJson(
    long LogIndex,
    RekorLogIdJson LogId,
    RekorKindJson KindVersion,
    long IntegratedTime,
    RekorPromiseJson InclusionPromise,
    RekorProofJson InclusionProof,
    byte[] CanonicalizedBody);

internal sealed record RekorLogIdJson(byte[] KeyId);

internal sealed record RekorKindJson(string Kind, string Version);

internal sealed record RekorPromiseJson(byte[] SignedEntryTimestamp);

internal sealed record RekorProofJson(long LogIndex, byte[] RootHash, long TreeSize, IReadOnlyList<byte[]?> Hashes, RekorCheckpointJson Checkpoint);

internal sealed record RekorCheckpointJson(string Envelope);

// The body, which is in the log.

internal sealed record RekorBodyJson(string ApiVersion, string Kind, RekorSpecJson Spec);

internal sealed record RekorSpecJson(RekorDataJson Data, RekorSignatureJson Signature);

internal sealed record RekorDataJson(RekorHashJson Hash);

internal sealed record RekorHashJson(string Algorithm, string Value);

internal sealed record RekorSignatureJson(byte[] Content, RekorKeyJson PublicKey);

internal sealed record RekorKeyJson(byte[] Content);

// What a log answers; it may say more than is read here.

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record RekorAnswer(
    byte[] Body, long IntegratedTime, [property: JsonPropertyName("logID")] string LogId, long LogIndex, RekorVerificationAnswer Verification)
{
    /// <exception cref="FormatException">A hash is not in hex.</exception>
    public RekorEntryJson ToEntry()
    {
        var proof = Verification.InclusionProof;
        return new RekorEntryJson(
            LogIndex, new RekorLogIdJson(Convert.FromHexString(LogId)), RekorBody.KindVersion, IntegratedTime, new RekorPromiseJson(Verification.SignedEntryTimestamp),
            new RekorProofJson(
                proof.LogIndex, Convert.FromHexString(proof.RootHash), proof.TreeSize, [.. proof.Hashes.Select(hash => Convert.FromHexString(hash ?? ""))],
                new RekorCheckpointJson(proof.Checkpoint)),
            Body);
    }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record RekorVerificationAnswer(RekorProofAnswer InclusionProof, byte[] SignedEntryTimestamp);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record RekorProofAnswer(string Checkpoint, IReadOnlyList<string?> Hashes, long LogIndex, string RootHash, long TreeSize);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(RekorEntryJson))]
[JsonSerializable(typeof(RekorBodyJson))]
[JsonSerializable(typeof(Dictionary<string, RekorAnswer?>))]
internal sealed partial class RekorJson : JsonSerializerContext;
