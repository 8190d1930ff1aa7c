using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Vault.Tests.Support;

/// <summary>A Backpack vault in memory, which can die at a chosen step: an append or the writing of a document.</summary>
internal sealed class MemoryBackpack : IVaultLog
{
    private readonly List<ReadOnlyMemory<byte>> _lines = [];

    public SortedDictionary<string, byte[]> Documents { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<ReadOnlyMemory<byte>> Lines => _lines;

    public int Steps { get; set; }

    public int CrashAt { get; set; } = int.MaxValue;

    public LogHead Head => _lines.Count == 0 ? LogHead.Empty : new LogHead(_lines.Count, new BackpackEvent(_lines[^1].Span).EntryHash());

    public IReadOnlyList<StorageFinding> Repairs => [];

    public IReadOnlyList<StorageFinding> Findings => [];

    public static MemoryBackpack From(BackpackBootstrap made)
    {
        var vault = new MemoryBackpack();
        foreach (var document in made.Documents)
            vault.Documents[document.Name] = document.Content.ToArray();
        foreach (var entry in made.Entries)
            vault._lines.Add(entry.Event.ToArray());
        return vault;
    }

    /// <summary>What a folder holds.</summary>
    public static MemoryBackpack Load(string folder)
    {
        var vault = new MemoryBackpack();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            vault.Documents[Path.GetRelativePath(folder, file).Replace('\\', '/')] = File.ReadAllBytes(file);
        vault.Documents.Remove(BackpackBirth.LogName, out var log);
        foreach (var line in System.Text.Encoding.UTF8.GetString(log!).Split('\n')[..^1])
            vault._lines.Add(System.Text.Encoding.UTF8.GetBytes(line));
        return vault;
    }

    /// <summary>What the process would find that comes after one that died.</summary>
    public MemoryBackpack Restarted()
    {
        var vault = new MemoryBackpack();
        vault._lines.AddRange(_lines);
        foreach (var (name, content) in Documents)
            vault.Documents[name] = content;
        foreach (var (name, content) in DocumentsBeside)
            vault.DocumentsBeside[name] = content;
        return vault;
    }

    public long Count(LogStream stream) => stream == LogStream.Events ? _lines.Count : 0;

    public Task<LogPage> ReadAsync(LogStream stream, long from, int maxLines, int maxBytes, CancellationToken cancellation) =>
        Task.FromResult(new LogPage(from, [.. _lines.Skip((int)from).Take(Math.Min(maxLines, 3))]));

    public Task<ReadOnlyMemory<byte>?> ReadDocumentAsync(string name, CancellationToken cancellation) =>
        Task.FromResult(Documents.TryGetValue(name, out var content) ? content : (ReadOnlyMemory<byte>?)null);

    public Task<IReadOnlyList<string>> ListDocumentsAsync(string folder, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>([.. Documents.Keys.Where(name => Path.GetDirectoryName(name)!.Replace('\\', '/') == folder)]);

    public Task<AppendOutcome> AppendAsync(LogHead expected, IReadOnlyList<LogEntry> entries, CancellationToken cancellation)
    {
        Step();
        if (expected != Head)
            return Task.FromResult<AppendOutcome>(new AppendOutcome.Conflict(Head));
        foreach (var entry in entries)
        {
            if (entry.Replaces is { } replaced)
            {
                new BackpackEvent(replaced.Line.Span).EntryHash().ShouldBe(new BackpackEvent(_lines[(int)replaced.Position].Span).EntryHash());
                _lines[(int)replaced.Position] = replaced.Line.ToArray();
            }
            BackpackFormat.Instance.Check(_lines.Count, entry.Event.Span, default, out var hash).ShouldBe(EntryState.Whole);
            hash.ShouldBe(entry.Hash);
            _lines.Add(entry.Event.ToArray());
        }
        return Task.FromResult<AppendOutcome>(new AppendOutcome.Appended(Head));
    }

    public Task WriteDocumentAsync(VaultDocument document, bool derived, CancellationToken cancellation)
    {
        Step();
        Documents[document.Name] = document.Content.ToArray();
        return Task.CompletedTask;
    }

    public Task DeleteDocumentAsync(string name, CancellationToken cancellation)
    {
        if (!Documents.ContainsKey(name))
            return Task.CompletedTask;
        Step();
        Documents.Remove(name);
        return Task.CompletedTask;
    }

    public VaultFormat Format => VaultFormats.Backpack;

    public SortedDictionary<string, byte[]> DocumentsBeside { get; } = new(StringComparer.Ordinal);

    public Task<ReadOnlyMemory<byte>?> ReadBesideAsync(string name, CancellationToken cancellation) =>
        Task.FromResult<ReadOnlyMemory<byte>?>(DocumentsBeside.TryGetValue(name, out var content) ? content : null);

    public Task<bool> WriteBesideAsync(VaultDocument document, long? rank, CancellationToken cancellation)
    {
        Step();
        DocumentsBeside[document.Name] = document.Content.ToArray();
        return Task.FromResult(true);
    }

    public Task<LogHead> RefreshAsync(CancellationToken cancellation) => Task.FromResult(Head);

    public Task WaitBeyondAsync(long count, CancellationToken cancellation) => Task.CompletedTask;

    public Task<IdempotencyRecord?> FindKeyAsync(string key, CancellationToken cancellation) => Task.FromResult<IdempotencyRecord?>(null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Step()
    {
        if (++Steps >= CrashAt)
            throw new SimulatedCrashException();
    }

    /// <summary>Every event is signed by a key that counted at its place, chained to its actor's event before it, and its id fits or it is a tombstone; the manifest vouches for all files.</summary>
    public async Task ShouldBeStrictlyValidAsync()
    {
        var registry = KeyRegistry.Read(Documents[KeyRegistry.FileName]);
        var history = await KeyHistory.LoadAsync(registry, this, default);
        var chains = new BackpackChains();
        using var scratch = new PooledBuffer();
        for (var i = 0; i < _lines.Count; i++)
        {
            BackpackEvent.TryRead(_lines[i].Span, scratch, out var written).ShouldBeTrue();
            written.IsCanonical.ShouldBeTrue();
            history.StateAt(written.KeyId, i).ShouldBe(KeyState.Valid, $"event {i}");
            if (!written.IsTombstone)
            {
                written.FindIdStyle().ShouldBe(EventIdStyle.WithKey);
                written.IsSignedBy(registry.Find(written.KeyId)!.Key!).ShouldBeTrue();
            }
            var link = chains.Next(written.Actor!);
            written.PreviousId.ShouldBe(link.PreviousId);
            written.LogicalTime.ShouldBe(link.LogicalTime);
            chains.Apply(written);
        }
        var files = new ManifestBuilder();
        foreach (var (name, content) in Documents)
            files.Add(name, content);
        files.Add(BackpackBirth.LogName, (byte[])[.. _lines.SelectMany(line => (byte[])[.. line.Span, (byte)'\n'])]);
        var root = files.Build(default).MerkleRoot();
        Manifest.Read(Documents[Manifest.FileName]).MerkleRoot().ShouldBe(root);
        System.Text.Encoding.ASCII.GetString(Documents[Manifest.RootName]).ShouldBe(root + "\n");
        var signature = ManifestSignature.Read(Documents[ManifestSignature.FileName]);
        signature.MerkleRoot.ShouldBe(root);
        registry.Find(signature.KeyId)!.IsActive.ShouldBeTrue();
        signature.IsSignedBy(registry.Find(signature.KeyId)!.Key!).ShouldBeTrue();
    }
}
