namespace Granary.Vault.Evidence;

/// <summary>A file of a bundle that is handed to somebody else.</summary>
/// <param name="Name">Its name in the bundle, with <c>/</c>.</param>
/// <param name="WriteAsync">Writes its bytes, which may be many; it can be called once or more.</param>
public sealed record EvidenceFile(string Name, Func<Stream, CancellationToken, Task> WriteAsync)
{
    /// <summary>A file whose bytes are there already.</summary>
    public static EvidenceFile Of(string name, ReadOnlyMemory<byte> content) =>
        new(name, (stream, cancellation) => stream.WriteAsync(content, cancellation).AsTask());
}
