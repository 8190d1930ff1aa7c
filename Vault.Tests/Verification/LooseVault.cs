using System.Text;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Keys;
using Granary.Vault.Proofs;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;
using TestBackpack = Granary.Vault.Tests.Backpack.TestBackpack;

namespace Granary.Vault.Tests.Verification;

/// <summary>A Backpack vault's files in memory, to be changed behind the vault's back and verified as a folder.</summary>
internal sealed class LooseVault
{
    public const string Log = BackpackBirth.LogName;

    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public List<string> Lines { get; private init; } = [];

    /// <summary>A vault of two births and so many notes of two actors, sealed.</summary>
    public static async Task<LooseVault> CreateAsync(int notes = 6, Func<BackpackVault, Task>? more = null)
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        for (var i = 0; i < notes; i++)
            await TestBackpack.NoteAsync(vault, $"note {i}", i % 2 == 0 ? "agent_a" : "agent_b");
        if (more is not null)
            await more(vault);
        await vault.WriteSealPointAsync(TestBackpack.Time, default);
        return From(memory);
    }

    public static LooseVault From(MemoryBackpack memory)
    {
        var folder = new LooseVault { Lines = [.. memory.Lines.Select(line => Encoding.UTF8.GetString(line.Span))] };
        foreach (var (name, content) in memory.Documents)
            folder.Files[name] = content;
        return folder;
    }

    public void Edit(int line, Func<string, string> edit)
    {
        var changed = edit(Lines[line]);
        changed.ShouldNotBe(Lines[line]);
        Lines[line] = changed;
    }

    public void EditFile(string name, Func<string, string> edit)
    {
        var text = Encoding.UTF8.GetString(Files[name]);
        var changed = edit(text);
        changed.ShouldNotBe(text);
        Files[name] = Encoding.UTF8.GetBytes(changed);
    }

    /// <summary>Makes manifest and root fit what is there, as anybody can; the signature only who has a key.</summary>
    public void Reseal(SigningKey? key = null)
    {
        var files = new ManifestBuilder();
        foreach (var (name, content) in Files)
            files.Add(name, content);
        files.Add(Log, LogBytes());
        foreach (var document in SealPoint.Documents(files, key, TestBackpack.Time))
            Files[document.Name] = document.Content.ToArray();
    }

    /// <summary>The head as its vault's key signs it.</summary>
    public async Task<SignedHead> SignHeadAsync(SigningKey key)
    {
        var tree = await new EventTreeReader(new LinesReader(Lines.Select(Encoding.UTF8.GetBytes)), BackpackFormat.Instance).BuildAsync(Lines.Count, default);
        var last = new BackpackEvent(Encoding.UTF8.GetBytes(Lines[^1])).EntryHash();
        return SignedHead.Sign("notes", BackpackFormat.Name, new LogHead(Lines.Count, last), tree.Root(), key, TestVault.Time);
    }

    public async Task<VaultReport> VerifyAsync(VerificationOptions? options = null)
    {
        using var folder = new TestFolder();
        foreach (var name in (string[])["events", "state", "artifacts/cas"])
            Directory.CreateDirectory(Path.Combine(folder.Path, name));
        foreach (var (name, content) in Files)
        {
            var path = Path.Combine(folder.Path, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, content);
        }
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, Log), LogBytes());
        return await VaultVerifier.RunFolderAsync(folder.Path, options ?? new VerificationOptions(), null, default);
    }

    /// <summary>The event built anew as it is written, with another key or payload.</summary>
    public string Forge(SigningKey key, string actor, string payload, string type = "com.example.note", ChainLink? link = null)
    {
        var builder = new BackpackEventBuilder(key);
        var prepared = PreparedBackpackEvent.ForOperation(type, Encoding.UTF8.GetBytes(payload), actor);
        return Encoding.UTF8.GetString(builder.Build(prepared, link ?? EndOf(actor), TestBackpack.Time.GetUtcNow()).Entry.Event.Span);
    }

    public string IdOf(int line) => new BackpackEvent(Encoding.UTF8.GetBytes(Lines[line])).Id!;

    private ChainLink EndOf(string actor)
    {
        var chains = new BackpackChains();
        foreach (var line in Lines)
            chains.Apply(Encoding.UTF8.GetBytes(line));
        return chains.Next(actor);
    }

    private byte[] LogBytes() => Encoding.UTF8.GetBytes(string.Concat(Lines.Select(line => line + "\n")));
}
