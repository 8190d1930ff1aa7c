using System.Text;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Bridge;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Psmc.Verification;
using Granary.Vault.Storage;
using Granary.Vault.Storage.FileSystem;
using Granary.Vault.Storage.Files;
using Granary.Vault.Storage.Files.Commits;

namespace Granary.Vault.Tests.Support;

/// <summary>Short ways to make, open and fill a vault in a folder.</summary>
internal static class TestVault
{
    public static readonly DateTimeOffset Time = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    public static FileVaultStore Store(TestFolder folder, IFileSystem? files = null, CommitLog? commits = null) => new(new FileVaultOptions
    {
        Commits = commits is null ? null : () => commits,
        Folder = folder.Vault,
        StateFolder = folder.State,
        Formats = VaultFormats.All,
        Files = files ?? PhysicalFileSystem.Instance,
    });

    public static async Task CreateAsync(TestFolder folder)
    {
        using var key = Fixture.Key("psmc_active");
        await PsmcVault.CreateAsync(Store(folder), key, Time, default);
    }

    public static Task<PsmcVault> OpenAsync(TestFolder folder, IFileSystem? files = null, CommitLog? commits = null) =>
        PsmcVault.OpenAsync(Store(folder, files, commits), default);

    /// <summary>Entries that follow the head.</summary>
    public static List<LogEntry> Build(PsmcVault vault, int count, string? key = null, PsmcBridge? bridge = null)
    {
        var head = vault.Log.Head;
        var entries = new List<LogEntry>();
        for (var i = 0; i < count; i++)
        {
            var prepared = PreparedEvent.Create("note", Encoding.UTF8.GetBytes($$"""{"n":{{head.Count}},"subject":"s{{head.Count}}"}"""), null, bridge is not null);
            var built = vault.Builder.Build(prepared, head, Guid.NewGuid(), Time.AddSeconds(head.Count), bridge?.LastEventId);
            bridge?.Apply(built);
            var claim = key is null ? null : new IdempotencyClaim($"{key}{i}", prepared.ContentDigest(), "receipt"u8.ToArray());
            entries.Add(built.Entry with { Claim = claim });
            head = new LogHead(head.Count + 1, built.Entry.Hash);
        }
        return entries;
    }

    public static async Task<List<LogEntry>> AppendAsync(PsmcVault vault, int count, string? key = null, PsmcBridge? bridge = null)
    {
        var entries = Build(vault, count, key, bridge);
        (await vault.Log.AppendAsync(vault.Log.Head, entries, default)).ShouldBeOfType<AppendOutcome.Appended>();
        return entries;
    }

    /// <summary>A vault with so many events, closed.</summary>
    public static async Task FillAsync(TestFolder folder, int count)
    {
        await CreateAsync(folder);
        await using var vault = await OpenAsync(folder);
        await AppendAsync(vault, count);
    }

    public static async Task<PsmcReport> VerifyAsync(TestFolder folder)
    {
        await using var vault = await OpenAsync(folder);
        return await new PsmcVerifier(vault.Log).RunAsync(null, null, default);
    }
}
