namespace Granary.Vault.Evidence.Timestamps;

/// <summary>Answers timestamp requests (RFC 3161). The vault contacts no authority by itself: a host supplies one where it is wanted.</summary>
public interface ITimestampAuthority
{
    /// <summary>Where it is, for the record; null where there is none.</summary>
    Uri? Address { get; }

    /// <summary>Sends a DER request, returns the DER response.</summary>
    /// <exception cref="EvidenceException">There is no authority, or it did not answer.</exception>
    Task<byte[]> AskAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation);
}

/// <summary>The default: no authority is contacted.</summary>
public sealed class NoTimestampAuthority : ITimestampAuthority
{
    /// <summary>The only instance; it has no state.</summary>
    public static NoTimestampAuthority Instance { get; } = new();

    /// <inheritdoc />
    public Uri? Address => null;

    /// <inheritdoc />
    public Task<byte[]> AskAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation) =>
        throw new EvidenceException("No timestamp authority is configured; network calls are off unless one is named.");
}
