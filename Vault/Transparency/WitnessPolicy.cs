namespace Granary.Vault.Transparency;

/// <summary>How many of the witnesses that a reader trusts must have signed a checkpoint, and how lately.</summary>
public static class WitnessPolicy
{
    // A witness's clock may be a little ahead of the reader's.
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    /// <summary>What is missing, each a sentence; nothing where enough witnesses signed.</summary>
    /// <param name="note">The checkpoint's note.</param>
    /// <param name="witnesses">The keys that are trusted.</param>
    /// <param name="needed">How many of them.</param>
    /// <param name="maxAge">How old their signatures may be; null for any age.</param>
    /// <param name="now">The reader's time.</param>
    public static IReadOnlyList<string> Problems(SignedNote note, IReadOnlyList<NoteKey> witnesses, int needed, TimeSpan? maxAge, DateTimeOffset now)
    {
        var problems = witnesses.Select(witness => Problem(note, witness, maxAge, now)).OfType<string>().ToList();
        var signed = witnesses.Count - problems.Count;
        return signed >= needed ? [] : [.. problems, $"{signed} of {witnesses.Count} witnesses vouch for the checkpoint, and {needed} are needed."];
    }

    private static string? Problem(SignedNote note, NoteKey witness, TimeSpan? maxAge, DateTimeOffset now)
    {
        if (!note.IsSignedBy(witness, out var time))
            return $"The witness {witness.Name} did not sign the checkpoint.";
        if (time > now + Ahead)
            return $"The witness {witness.Name} signed at {time:u}, which is in the future.";
        return maxAge is { } age && time < now - age
            ? $"The witness {witness.Name} is stale: it signed at {time:u}, longer ago than is allowed."
            : null;
    }
}
