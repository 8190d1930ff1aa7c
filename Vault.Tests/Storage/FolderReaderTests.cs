using Granary.Vault.Psmc.Verification;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Files;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Storage;

public sealed class FolderReaderTests
{
    [Fact]
    public async Task Reads_a_vault_that_another_has_open_and_writes_nothing()
    {
        using var folder = new TestFolder();
        await TestVault.FillAsync(folder, 5);
        await using var open = await TestVault.OpenAsync(folder);
        var before = Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories);
        using var reader = FolderReader.Open(folder.Vault);
        reader.Count(LogStream.Events).ShouldBe(5);
        (await new PsmcVerifier(reader).RunAsync(null, null, default)).Valid.ShouldBeTrue();
        Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories).ShouldBe(before);
    }

    [Fact]
    public async Task A_torn_last_line_is_a_finding_and_stays_in_the_file()
    {
        using var folder = new TestFolder();
        await TestVault.FillAsync(folder, 2);
        var events = Path.Combine(folder.Vault, "events", "events.ndjson");
        await File.AppendAllTextAsync(events, "{\"torn");
        var length = new FileInfo(events).Length;
        using var reader = FolderReader.Open(folder.Vault);
        var finding = reader.Findings.ShouldHaveSingleItem();
        finding.Rule.ShouldBe("log.tail");
        finding.Position.ShouldBe(2);
        reader.Count(LogStream.Events).ShouldBe(2);
        new FileInfo(events).Length.ShouldBe(length);
    }

    [Fact]
    public void No_folder_is_not_found() =>
        Should.Throw<VaultStorageException>(() => FolderReader.Open("/no/such/vault")).Failure.ShouldBe(VaultStorageFailure.NotFound);
}
