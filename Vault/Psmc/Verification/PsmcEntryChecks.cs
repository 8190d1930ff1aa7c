using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Psmc.Keys;

namespace Granary.Vault.Psmc.Verification;

/// <summary>What the check of one entry leaves for those of its neighbours.</summary>
internal sealed record CheckedEntry(PsmcEvent? Event, PsmcChainLine? Chain, IReadOnlyList<(string Rule, string Reason)> Problems);

/// <summary>All checks of an entry that need no other entry. They cost the most and run on all cores.</summary>
internal static class PsmcEntryChecks
{
    public static CheckedEntry Check(long position, ReadOnlySpan<byte> eventLine, ReadOnlySpan<byte> chainLine, PsmcKeyRing keys, PooledBuffer scratch)
    {
        var problems = new List<(string, string)>();
        var written = PsmcEvent.Read(eventLine, scratch);
        var link = PsmcChainLine.Read(chainLine, scratch);
        if (written is null)
            problems.Add(("event.json", "The event's line is not a JSON object."));
        else
            CheckEvent(position, written, keys, problems);
        if (link is null)
            problems.Add(("chain.json", "The chain's line is not a JSON object."));
        else
            CheckChain(position, link, written, keys, problems);
        return new CheckedEntry(written, link, problems);
    }

    private static void CheckEvent(long position, PsmcEvent written, PsmcKeyRing keys, List<(string, string)> problems)
    {
        if (!written.IsCanonical)
            problems.Add(("event.canonical", "The event's line is not in canonical form."));
        if (written.Id is null || written.Type is null || written.Timestamp is null || written.PreviousHash is null || !written.HasDataObject)
            problems.Add(("event.fields", "The event lacks one of id, type, timestamp, prev_hash and data, or one is of another type."));
        else if (!EventTimestamp.TryParse(written.Timestamp, out _))
            problems.Add(("event.timestamp", "The event's timestamp is not in the format's notation."));
        if (written.Sequence != position)
            problems.Add(("event.seq", $"The event's seq is {Show(written.Sequence)}, not {position}."));
        if (written.Hash != written.ComputedHash)
            problems.Add(("event.hash", "The event's hash is not the hash of its content: it was changed after it was written."));
        if (written.RotationData is { } data && RotationEndorsement.Problem(data, keys.Find) is { } problem)
            problems.Add(("key.endorsement", problem));
    }

    private static void CheckChain(long position, PsmcChainLine link, PsmcEvent? written, PsmcKeyRing keys, List<(string, string)> problems)
    {
        if (!link.IsCanonical)
            problems.Add(("chain.canonical", "The chain's line is not in canonical form."));
        if (link.Sequence != position)
            problems.Add(("chain.seq", $"The chain line's seq is {Show(link.Sequence)}, not {position}."));
        if (written is not null && link.Hash != written.ComputedHash)
            problems.Add(("chain.hash", "The chain line names another hash than the event's."));
        if (link.Hash is null || link.KeyId is null || link.Signature is null)
        {
            problems.Add(("chain.fields", "The chain line lacks one of hash, key_fp and sig, or one is malformed."));
            return;
        }
        if (keys.Find(link.KeyId) is not { } key)
            problems.Add(("chain.key", $"The signing key {Clip(link.KeyId)} is not one of the vault's."));
        else if (!IsSigned(key, link.Hash, link.Signature))
            problems.Add(("chain.signature", $"The signature is not that of key {link.KeyId} over the event's hash."));
    }

    // The format signs the hexadecimal text of the hash, not its bytes.
    private static bool IsSigned(PublicKey key, string hash, byte[] signature)
    {
        if (hash.Length != 64)
            return false;
        Span<byte> text = stackalloc byte[64];
        return Encoding.ASCII.GetBytes(hash, text) == 64 && key.Verify(text, signature);
    }

    private static string Show(long? number) => number?.ToString() ?? "missing";

    private static string Clip(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
