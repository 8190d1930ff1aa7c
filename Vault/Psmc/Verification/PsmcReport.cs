namespace Granary.Vault.Psmc.Verification;

/// <summary>One thing that is wrong with a vault.</summary>
/// <param name="Position">The event's position, or null where it is about the vault.</param>
/// <param name="Rule">The rule's short name.</param>
/// <param name="Reason">A sentence.</param>
public sealed record PsmcFinding(long? Position, string Rule, string Reason);

/// <summary>What verification found.</summary>
/// <param name="EventCount">How many events were checked.</param>
/// <param name="Head">The last event's hash, or zeros.</param>
/// <param name="Findings">The first findings, in order of position; those about the vault as a whole come first.</param>
/// <param name="FindingCount">How many there are, listed or not.</param>
public sealed record PsmcReport(long EventCount, string Head, IReadOnlyList<PsmcFinding> Findings, long FindingCount)
{
    /// <summary>True when nothing is wrong.</summary>
    public bool Valid => FindingCount == 0;
}

/// <summary>Where findings go.</summary>
internal interface IPsmcFindings
{
    void Add(long? position, string? eventId, string rule, string reason);
}

/// <summary>Collects findings, all counted and the first ones kept.</summary>
internal sealed class PsmcFindings(int max) : IPsmcFindings
{
    private readonly List<PsmcFinding> _kept = [];

    public long Count { get; private set; }

    public IReadOnlyList<PsmcFinding> Kept => _kept;

    public void Add(long? position, string? eventId, string rule, string reason)
    {
        Count++;
        if (_kept.Count < max)
            _kept.Add(new PsmcFinding(position, rule, reason));
    }
}
