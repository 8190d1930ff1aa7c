using System.Security.Cryptography.X509Certificates;
using Granary.Vault.Evidence.Timestamps;
using Granary.Vault.Keys;

namespace Granary.Vault.Evidence.Stamps;

/// <summary>An authority's word that the first events of a log, by the root of their tree, existed at a time.</summary>
/// <param name="Kind">How its evidence is checked: <see cref="Rfc3161"/>, <see cref="OpenTimestamps"/>, <see cref="Rekor"/>.</param>
/// <param name="Authority">Who was asked: an address.</param>
/// <param name="Count">How many events the tree has.</param>
/// <param name="Root">The tree's root, 64 hex digits.</param>
/// <param name="AskedAt">When, by the clock of who asked; what counts is the time in the evidence.</param>
/// <param name="Evidence">What the authority answered.</param>
public sealed record HeadStamp(string Kind, string Authority, long Count, string Root, DateTimeOffset AskedAt, ReadOnlyMemory<byte> Evidence)
{
    /// <summary>The evidence is a timestamp token of RFC 3161 whose imprint is the root.</summary>
    public const string Rfc3161 = "rfc3161";

    /// <summary>The evidence is a detached proof of OpenTimestamps whose digest is the root.</summary>
    public const string OpenTimestamps = "opentimestamps";

    /// <summary>The evidence is an entry of a Rekor log whose digest is the root.</summary>
    public const string Rekor = "rekor";

    /// <summary>When the authority saw the root; null where the evidence cannot be read, or says it by a block.</summary>
    public DateTimeOffset? Time
    {
        get
        {
            try
            {
                return Kind switch
                {
                    Rfc3161 => TimestampToken.Read(Evidence).Time,
                    Rekor => RekorEntry.Read(Evidence.Span).Time,
                    _ => null,
                };
            }
            catch (FormatException)
            {
                return null;
            }
        }
    }

    /// <summary>The Bitcoin blocks that the evidence leads to, by height, with the Merkle root that each must have; none where it promises one.</summary>
    public IReadOnlyList<OpenTimestampsEnd> Blocks
    {
        get
        {
            try
            {
                return Kind == OpenTimestamps ? [.. OpenTimestampsProof.Read(Evidence.Span).Ends.Where(end => end.Height is not null)] : [];
            }
            catch (FormatException)
            {
                return [];
            }
        }
    }

    /// <summary>What is wrong with the evidence: a sentence, or null where it is for this root and signed.</summary>
    /// <param name="trusted">Certificates of RFC 3161 authorities to trust; null to leave that open.</param>
    /// <param name="logs">Keys of Rekor logs to trust; null to leave that open.</param>
    public string? Problem(X509Certificate2Collection? trusted = null, IReadOnlyList<P256PublicKey>? logs = null)
    {
        try
        {
            var root = Convert.FromHexString(Root);
            return Kind switch
            {
                Rfc3161 => TimestampToken.Read(Evidence).Problem(root, trusted),
                OpenTimestamps => OpenTimestampsProof.Read(Evidence.Span).Digest.Span.SequenceEqual(root) ? null : "The proof is of another digest.",
                Rekor => RekorEntry.Read(Evidence.Span).Problem(root, logs),
                _ => $"Stamps of the kind \"{Kind}\" are not known here.",
            };
        }
        catch (FormatException failure)
        {
            return failure.Message;
        }
    }
}
