using Granary.Vault.Keys;
using Granary.Vault.Proofs;
using Granary.Vault.Storage;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Verification.Checks;

/// <summary>Builds the event tree while a log is verified, and holds it against a signed head that is known from outside.</summary>
internal sealed class HeadWatch(VerificationOptions options, string format, FindingList findings)
{
    private static readonly Rule Absent = Rule.Note("head.absent");
    private static readonly Rule WrongFormat = Rule.Error("head.format");
    private static readonly Rule UnknownKey = Rule.Error("head.key", number: "E204");
    private static readonly Rule Signature = Rule.Error("head.signature", number: "E003");
    private static readonly Rule Truncated = Rule.Error("head.truncated");
    private static readonly Rule Rewritten = Rule.Error("head.rewritten", number: "E001");

    private readonly EventTree _tree = new();
    private readonly StampWatch _stamps = new(options, findings);
    private bool _broken;
    private string? _last = LogHead.ZeroHash;
    private (string? Head, string? Root) _then = (options.Head?.Count == 0 ? LogHead.ZeroHash : null, options.Head?.Count == 0 ? new EventTree().Root() : null);

    /// <summary>The head of the log.</summary>
    public LogHead Head => new(_tree.Count, _last ?? LogHead.ZeroHash);

    /// <summary>The tree's root, or null where an entry had no hash.</summary>
    public string? Root => _broken ? null : _tree.Root();

    /// <summary>Takes the next entry's hash, or null where it has none.</summary>
    public void Take(string? entryHash)
    {
        _last = EventTree.IsHash(entryHash) ? entryHash : null;
        _broken |= _last is null;
        _tree.Append(_last ?? LogHead.ZeroHash);
        if (_tree.Count == options.Head?.Count)
            _then = (_last, Root);
        _stamps.Take(_tree, _broken);
    }

    /// <summary>Judges the head, and what was stamped of the log, after the last entry.</summary>
    public string Check(Func<string, PublicKey?> keyOf) => CheckSigned(keyOf) + _stamps.Check(_tree.Count);

    private string CheckSigned(Func<string, PublicKey?> keyOf)
    {
        if (options.Head is not { } head)
        {
            findings.Add(Absent, "No signed head from outside was given: a tail that was cut off would not show.");
            return "no signed head from outside was given";
        }
        if (head.Format != format)
            findings.Add(WrongFormat, $"The signed head is that of a {head.Format} vault.");
        var key = options.TrustedKeys.Count > 0 ? options.TrustedKeys.FirstOrDefault(trusted => trusted.KeyId == head.KeyId) : keyOf(head.KeyId);
        if (key is null)
            findings.Add(
                UnknownKey,
                $"The signed head's key {head.KeyId} is not {(options.TrustedKeys.Count > 0 ? "trusted" : "one of the vault's")}: keys were exchanged, or the head is another vault's.");
        else if (!head.IsSignedBy(key))
            findings.Add(Signature, $"The signed head's signature is not that of key {head.KeyId}.");
        if (head.Count > _tree.Count)
            findings.Add(Truncated, $"The log has {_tree.Count} events; the head signed at {head.SignedAt} has {head.Count}: the tail was cut off.");
        else if (_then != (head.Head, head.Root))
            findings.Add(
                Rewritten, head.Count - 1, null,
                $"The first {head.Count} events are not those of the head signed at {head.SignedAt}: something before position {head.Count} was changed.");
        return $"signed head of {head.Count} events from {head.SignedAt}";
    }
}
