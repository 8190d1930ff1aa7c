using Granary.Vault.Backpack;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Psmc;
using Granary.Vault.Storage;

namespace Granary.Vault.Proofs;

/// <summary>
/// All that somebody needs to be sure that an event is in a log, besides a public key: the entry itself, an inclusion proof, and a signed head.
/// As JSON: <c>{"chain","event","head","inclusion"}</c>, the entry's lines as objects, <c>chain</c> null for Backpack.
/// </summary>
public sealed record EventProof(ReadOnlyMemory<byte> Event, ReadOnlyMemory<byte> Chain, InclusionProof Inclusion, SignedHead Head)
{
    /// <summary>The proof in canonical JSON.</summary>
    public byte[] Write()
    {
        using var output = new PooledBuffer(Event.Length + 2048);
        CanonicalDocument.WriteRaw(output, "chain", Chain.IsEmpty ? "null"u8 : Chain.Span);
        CanonicalDocument.WriteRaw(output, "event", Event.Span);
        CanonicalDocument.WriteRaw(output, "head", Head.Write());
        CanonicalDocument.WriteRaw(output, "inclusion", Inclusion.Write());
        output.Write((byte)'}');
        return output.Written.ToArray();
    }

    /// <summary>Reads a proof, valid or not.</summary>
    /// <exception cref="FormatException">It does not have the shape of one; the message names the member.</exception>
    public static EventProof Read(ReadOnlySpan<byte> json)
    {
        var text = CanonicalDocument.Canonical(json, "The event proof");
        var chain = CanonicalDocument.Member(text, "chain");
        return new EventProof(
            CanonicalDocument.Member(text, "event").ToArray(),
            chain.SequenceEqual("null"u8) ? default : chain.ToArray(),
            InclusionProof.Read(CanonicalDocument.Member(text, "inclusion")),
            SignedHead.Read(CanonicalDocument.Member(text, "head")));
    }

    /// <summary>What is wrong with it, each a sentence; nothing when <paramref name="key"/> vouches for a log in which the event stands.</summary>
    public IReadOnlyList<string> Problems(PublicKey key)
    {
        var problems = new List<string>();
        if (FormatOf(Head.Format) is not { } format)
            problems.Add($"The head's format, {Head.Format}, is not known.");
        else if (format.Check(Inclusion.Position, Event.Span, Chain.Span, out var hash) != EntryState.Whole)
            problems.Add("The event is not what its id or hash says: it was changed.");
        else if (hash != Inclusion.EntryHash)
            problems.Add("The inclusion proof is for another event.");
        if (!Inclusion.IsValid)
            problems.Add("The inclusion proof's path does not lead to its root.");
        else if (!Inclusion.IsFor(Head))
            problems.Add("The inclusion proof is for another log, or another size of it, than the head.");
        if (!Head.IsSignedBy(key))
            problems.Add($"The head is not signed by the key {key.KeyId}.");
        return problems;
    }

    internal static IEntryFormat? FormatOf(string name) => name switch
    {
        BackpackFormat.Name => BackpackFormat.Instance,
        PsmcFormat.Name => PsmcFormat.Instance,
        _ => null,
    };
}
