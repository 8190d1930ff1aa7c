namespace Granary.Vault.Storage;

/// <summary>What came of an append: all of its entries are in the log, durably, or none is.</summary>
public abstract record AppendOutcome
{
    private AppendOutcome()
    {
    }

    /// <summary>Appended; the head is now <paramref name="Head"/>.</summary>
    public sealed record Appended(LogHead Head) : AppendOutcome;

    /// <summary>Nothing was appended: the head is <paramref name="Head"/>, not where the append said.</summary>
    public sealed record Conflict(LogHead Head) : AppendOutcome;

    /// <summary>Nothing was appended: the key of the entry at <paramref name="Index"/> of the batch is taken.</summary>
    public sealed record KeyTaken(int Index, IdempotencyRecord Record) : AppendOutcome;
}
