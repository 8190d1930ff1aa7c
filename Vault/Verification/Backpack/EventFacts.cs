using Granary.Vault.Storage;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Verification.Backpack;

/// <summary>What the checks of an event by itself leave for those that need its neighbours.</summary>
internal struct EventFacts
{
    public string? Id;
    public string? Actor;
    public string? Timestamp;
    public string? EntryHash;
    public UInt128 Key;
    public UInt128 Previous;
    public bool HasPrevious;
    public bool IsSigned;
    public bool IsStyleB;
    public SpecialEvent? Special;
}

/// <summary>An event that says something about the vault itself, or that was redacted.</summary>
internal sealed record SpecialEvent(string Type, string? SignerId)
{
    public required long Position { get; init; }

    public required string Id { get; init; }

    /// <summary>Whether a key that counted at its position signed it. A tombstone's signature cannot tell.</summary>
    public required bool IsSigned { get; init; }

    public bool IsTombstone { get; init; }

    /// <summary>The key, event or vault it is about: what is revoked, replaced, redacted, or the uid of a birth.</summary>
    public string? Target { get; init; }

    /// <summary>Of a revocation the boundary, of a promotion the new key, of a birth the root key, of a tombstone its redaction.</summary>
    public string? Other { get; init; }

    /// <summary>Of a promotion the public key, of a seal the count, as written.</summary>
    public string? Value { get; init; }
}

/// <summary>A page of entries after the checks that need no other entry.</summary>
internal sealed class CheckedPage(EntryPage page)
{
    public EntryPage Page { get; } = page;

    public EventFacts[] Facts { get; } = new EventFacts[page.Count];

    public List<(int Index, Rule Rule, string Reason)> Problems { get; } = [];
}
