using System.Collections.Concurrent;
using Granary.Vault.Redis.Archive;

namespace Granary.Vault.Redis.Tests.Support;

/// <summary>An archive in memory, which tests look into and damage.</summary>
internal sealed class MemoryArchive : ISegmentArchive
{
    public ConcurrentDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs before an object is written.</summary>
    public Func<string, Task> Putting { get; set; } = _ => Task.CompletedTask;

    public async Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        await Putting(name);
        Objects[name] = content.ToArray();
    }

    public Task<ReadOnlyMemory<byte>?> GetAsync(string name, CancellationToken cancellation) =>
        Task.FromResult(Objects.TryGetValue(name, out var bytes) ? (ReadOnlyMemory<byte>?)bytes : null);

    public Task DeleteAsync(string name, CancellationToken cancellation)
    {
        Objects.TryRemove(name, out _);
        return Task.CompletedTask;
    }
}
