using Granary.Vault.Evidence;
using Granary.Vault.Evidence.Forensics;
using Granary.Vault.Keys;
using Granary.Vault.Proofs;
using Granary.Vault.Psmc;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Files;
using Granary.Vault.Tests.Support;
using Granary.Vault.Tests.Verification;
using TestBackpack = Granary.Vault.Tests.Backpack.TestBackpack;

namespace Granary.Vault.Tests.Evidence;

/// <summary>A forensic bundle of a vault with six events, in a folder.</summary>
internal static class TestBundle
{
    /// <summary>The files of a bundle, by their paths in it.</summary>
    public static IEnumerable<string> Names(string bundle) =>
        Directory.EnumerateFiles(bundle, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(bundle, file));

    public static async Task<string> WriteAsync(TestFolder folder, string format)
    {
        using var key = Fixture.Key("root");
        var bundle = Path.Combine(folder.Path, "bundle");
        if (format == "backpack")
        {
            var memory = TestBackpack.Create();
            await using (var vault = await TestBackpack.OpenAsync(memory))
            {
                foreach (var text in (string[])["one", "two", "three", "four"])
                    await TestBackpack.NoteAsync(vault, text);
                await vault.WriteSealPointAsync(TestBackpack.Time, default);
            }
            var head = await LooseVault.From(memory).SignHeadAsync(key);
            await CreateAsync(memory, head);
        }
        else
        {
            await TestVault.FillAsync(folder, 6);
            using var reader = FolderReader.Open(folder.Vault);
            await CreateAsync(reader, await PsmcHeadAsync(folder, reader));
        }
        return bundle;

        async Task CreateAsync(IVaultReader reader, SignedHead head) => await EvidenceBundle.WriteFolderAsync(
            bundle, await ForensicBundle.CreateAsync(reader, new ForensicOptions { Head = head }, TestVault.Time, null, default), default);
    }

    private static async Task<SignedHead> PsmcHeadAsync(TestFolder folder, FolderReader reader)
    {
        using var key = KeyPem.ReadPrivate(await File.ReadAllBytesAsync(Path.Combine(folder.Vault, "keys", "active.pem")));
        var trees = new EventTreeReader(reader, PsmcFormat.Instance);
        var count = reader.Count(LogStream.Events);
        var last = (await trees.ProveInclusionAsync(count - 1, count, default)).EntryHash;
        return SignedHead.Sign(
            "notes", PsmcFormat.Name, new LogHead(count, last), (await trees.BuildAsync(count, default)).Root(), key, TestVault.Time);
    }
}
