using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Keys;
using Granary.Vault.Storage;
using Granary.Vault.Storage.FileSystem;
using Granary.Vault.Storage.Files.State;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Fuzzing;

/// <summary>What a store keeps for itself, of which a crash or a stranger may leave anything: anchor, journal, intent, birth mark, ranked documents, data keys.</summary>
internal static class StateParsers
{
    private static readonly IdempotencyClaim Claim = new("k", new string('0', 64), "receipt"u8.ToArray());

    private static readonly KeyRing Ring = KeyRing.Parse(Convert.ToBase64String(new byte[KeyRing.KeyLength]));

    public static IReadOnlyList<Parser> All { get; } =
    [
        new("head anchor", [Written("anchor", Anchor)], bytes => InFolder("anchor", bytes, path => HeadAnchor.Open(PhysicalFileSystem.Instance, path, out _).Dispose())),
        new("append journal", [Written("journal", Journal)], bytes => InFolder("journal", bytes, ReadJournal)),
        new("ranked document", [Ranked.Write("content"u8.ToArray(), 7), Ranked.Write("content"u8.ToArray(), null)], bytes => _ = (Ranked.Content(bytes), Ranked.Rank(bytes))),
        new("data key", [Ring.Wrap(new byte[EncryptedPayload.KeyLength], "uid/dek_1")], bytes => InFolder("dek_1", bytes, FindDataKey), typeof(VaultStorageException)),
        new("pending documents", [Pending()], FinishPending, typeof(FormatException)),
    ];

    private static void Anchor(string path)
    {
        using var anchor = HeadAnchor.Open(PhysicalFileSystem.Instance, path, out _);
        anchor.Write(new AcknowledgedEnd(new LogHead(7, LogHead.ZeroHash), 11));
    }

    private static void Journal(string path)
    {
        using var journal = new AppendJournal(PhysicalFileSystem.Instance, path);
        journal.Append([new JournalRecord(7, LogHead.ZeroHash, Claim, 3, "{}\n"u8.ToArray()), new JournalRecord(8, LogHead.ZeroHash, null, -1, [])]);
    }

    private static void ReadJournal(string path)
    {
        using var journal = new AppendJournal(PhysicalFileSystem.Instance, path);
        // A checksum that fits is no accident: what it covers is what was written.
        journal.Read().ShouldAllBe(record => record.Hash == LogHead.ZeroHash);
    }

    private static void FindDataKey(string path) =>
        new DataKeyFolder(Ring, "uid", Path.GetDirectoryName(path)!).FindAsync("dek_1", default).GetAwaiter().GetResult();

    private static byte[] Pending()
    {
        var vault = new MemoryBackpack();
        var step = new VaultChange("evt_1", [new LogEntry(LogHead.ZeroHash, default, default)]) { After = [new LaterDocument(new VaultDocument("identity/keys.json", "{}"u8.ToArray()), 1)] };
        new PendingDocuments(vault).AnnounceAsync(0, step, default).GetAwaiter().GetResult();
        return vault.DocumentsBeside.Values.Single();
    }

    private static void FinishPending(byte[] bytes)
    {
        var vault = new MemoryBackpack();
        vault.DocumentsBeside["pending-documents"] = bytes;
        new PendingDocuments(vault).FinishAsync(default).GetAwaiter().GetResult().ShouldBeFalse();
        vault.Documents.ShouldBeEmpty();
    }

    private static byte[] Written(string name, Action<string> write)
    {
        using var folder = new TestFolder();
        var path = Path.Combine(folder.Path, name);
        write(path);
        return File.ReadAllBytes(path);
    }

    private static void InFolder(string name, byte[] bytes, Action<string> read)
    {
        using var folder = new TestFolder();
        var path = Path.Combine(folder.Path, name);
        File.WriteAllBytes(path, bytes);
        read(path);
    }
}
