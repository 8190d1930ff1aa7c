namespace Granary.Vault.Evidence.Stamps;

/// <summary>Holds the clocks of authorities against our own when a stamp is new.</summary>
internal static class StampClock
{
    /// <summary>A clock that is off by more makes the stamp worth nothing.</summary>
    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(15);

    /// <exception cref="EvidenceException">It is off.</exception>
    public static void Check(DateTimeOffset said, TimeProvider time, string whose)
    {
        if ((said - time.GetUtcNow()).Duration() > MaxSkew)
            throw new EvidenceException($"The {whose}'s clock says {said:u}, more than {MaxSkew.TotalMinutes:0} minutes off.");
    }
}
