using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using TestBackpack = Granary.Vault.Tests.Backpack.TestBackpack;

namespace Granary.Vault.Tests.Verification;

/// <summary>A vault in use makes manifest, root and signature anew, one after the other, while somebody verifies it.</summary>
public sealed class SealMeanwhileTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_seal_that_is_half_made_when_it_is_read_is_read_again(int made)
    {
        var vault = await SealedTwiceAsync();
        var reader = new HalfSealed(vault.Memory, vault.Old, made, reads: 1);
        var report = await VaultVerifier.RunAsync(reader, new VerificationOptions { ManifestMayLag = true }, null, default);
        report.Errors.ShouldBe(0, string.Join('\n', report.Findings));
    }

    [Fact]
    public async Task A_seal_that_stays_half_made_is_found()
    {
        var vault = await SealedTwiceAsync();
        var reader = new HalfSealed(vault.Memory, vault.Old, made: 1, reads: int.MaxValue);
        var report = await VaultVerifier.RunAsync(reader, new VerificationOptions { ManifestMayLag = true }, null, default);
        report.Findings.Select(finding => finding.Rule).ShouldContain("manifest.root");
    }

    [Fact]
    public async Task A_seal_that_is_made_while_the_log_is_read_is_not_mixed_with_the_one_before()
    {
        var vault = await SealedTwiceAsync();
        // The first reading finds the old ones; whatever would be read later is new.
        var reader = new HalfSealed(vault.Memory, vault.Old, made: 0, reads: 1);
        var report = await VaultVerifier.RunAsync(reader, new VerificationOptions { ManifestMayLag = true }, null, default);
        report.Errors.ShouldBe(0, string.Join('\n', report.Findings));
        report.Findings.Select(finding => finding.Rule).ShouldContain("manifest.lag");
    }

    private static async Task<(MemoryBackpack Memory, Dictionary<string, byte[]> Old)> SealedTwiceAsync()
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        await vault.WriteSealPointAsync(TestBackpack.Time, default);
        var old = HalfSealed.Names.ToDictionary(name => name, name => memory.Documents[name]);
        await TestBackpack.NoteAsync(vault, "meanwhile");
        await vault.WriteSealPointAsync(TestBackpack.Time, default);
        return (memory, old);
    }

    /// <summary>The vault as it looks when so many of the three documents have been made anew; the others are the old ones until the last has been read so often.</summary>
    private sealed class HalfSealed(MemoryBackpack vault, Dictionary<string, byte[]> old, int made, int reads) : IVaultReader
    {
        public static readonly string[] Names = [Manifest.FileName, Manifest.RootName, ManifestSignature.FileName];

        private int _reads;

        public IReadOnlyList<StorageFinding> Findings => vault.Findings;

        public long Count(LogStream stream) => vault.Count(stream);

        public Task<LogPage> ReadAsync(LogStream stream, long from, int maxLines, int maxBytes, CancellationToken cancellation) =>
            vault.ReadAsync(stream, from, maxLines, maxBytes, cancellation);

        public Task<ReadOnlyMemory<byte>?> ReadDocumentAsync(string name, CancellationToken cancellation)
        {
            var isOld = Array.IndexOf(Names, name) >= made && _reads < reads;
            if (name == ManifestSignature.FileName)
                _reads++;
            return isOld ? Task.FromResult<ReadOnlyMemory<byte>?>(old[name]) : vault.ReadDocumentAsync(name, cancellation);
        }

        public Task<IReadOnlyList<string>> ListDocumentsAsync(string folder, CancellationToken cancellation) => vault.ListDocumentsAsync(folder, cancellation);
    }
}
