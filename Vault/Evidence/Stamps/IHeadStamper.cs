namespace Granary.Vault.Evidence.Stamps;

/// <summary>Asks an authority outside for its word that the root of a log's event tree exists now.</summary>
public interface IHeadStamper
{
    /// <summary>How its evidence is checked; one of <see cref="HeadStamp"/>'s kinds.</summary>
    string Kind { get; }

    /// <summary>Where the authority is.</summary>
    string Authority { get; }

    /// <summary>Asks for evidence. What comes back was checked as far as it can be now.</summary>
    /// <param name="root">The tree's root, 32 bytes.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="EvidenceException">The authority does not answer, refuses, or what it answers does not hold.</exception>
    Task<byte[]> StampAsync(ReadOnlyMemory<byte> root, CancellationToken cancellation);

    /// <summary>Whether evidence of this kind is a promise at first, for which more is had later.</summary>
    bool Promises => false;

    /// <summary>Asks for the better evidence that an authority promised.</summary>
    /// <returns>The evidence; null where there is none yet, or none to be had.</returns>
    /// <exception cref="EvidenceException">As above.</exception>
    Task<byte[]?> CompleteAsync(ReadOnlyMemory<byte> evidence, CancellationToken cancellation) => Task.FromResult<byte[]?>(null);
}
