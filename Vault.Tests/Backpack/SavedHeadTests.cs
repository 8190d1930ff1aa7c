using System.Text;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Backpack;

/// <summary>What is kept of a log's end beside the folder saves reading it, and is believed only where the log is still the one it was made from.</summary>
public sealed class SavedHeadTests
{
    private const int Many = 300;

    [Fact]
    public async Task A_long_log_leaves_its_end_beside_the_folder_and_a_short_one_does_not()
    {
        using var folder = new TestFolder();
        await FolderSetup.FillAsync(folder);
        File.Exists(HeadOf(folder)).ShouldBeFalse();
        await GrowAsync(folder, Many);
        File.Exists(HeadOf(folder)).ShouldBeTrue();
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(HeadOf(folder)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await FolderSetup.CheckAsync(folder);
    }

    [Fact]
    public async Task The_next_event_is_the_same_with_it_and_without_it()
    {
        using var folder = new TestFolder();
        await FolderSetup.CreateAsync(folder);
        await GrowAsync(folder, Many);
        using var other = new TestFolder();
        FolderSetup.Copy(folder.Vault, other.Vault);
        File.Exists(HeadOf(other)).ShouldBeFalse();
        await GrowAsync(folder, 2);
        await GrowAsync(other, 2);
        File.ReadAllText(LogOf(folder)).ShouldBe(File.ReadAllText(LogOf(other)));
        File.ReadAllText(Path.Combine(folder.Vault, "merkle_root.txt")).ShouldBe(File.ReadAllText(Path.Combine(other.Vault, "merkle_root.txt")));
        File.ReadAllBytes(HeadOf(folder)).ShouldBe(File.ReadAllBytes(HeadOf(other)));
    }

    public static TheoryData<string> Changes =>
    [
        "appended by another program", "cut", "an older copy", "a line changed, its length kept", "another vault's log", "damaged", "half of it", "empty",
        "another vault's", "a folder",
    ];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Where_the_log_or_the_file_is_another_the_log_decides(string change)
    {
        using var folder = new TestFolder();
        await FolderSetup.CreateAsync(folder);
        await GrowAsync(folder, Many);
        await GrowAsync(folder, 1, actor: "bob");
        using var copy = new TestFolder();
        FolderSetup.Copy(folder.Vault, copy.Vault);
        await GrowAsync(folder, 3);
        await ChangeAsync(folder, copy, change);
        // What is to come out: the same log, opened where no such file ever was.
        using var expected = new TestFolder();
        FolderSetup.Copy(folder.Vault, expected.Vault);
        await GrowAsync(folder, 1, actor: "bob");
        await GrowAsync(expected, 1, actor: "bob");
        File.ReadAllText(LogOf(folder)).ShouldBe(File.ReadAllText(LogOf(expected)));
    }

    private static async Task ChangeAsync(TestFolder folder, TestFolder copy, string change)
    {
        var (log, head) = (LogOf(folder), HeadOf(folder));
        var lines = await File.ReadAllLinesAsync(log);
        switch (change)
        {
            case "appended by another program":
                var kept = await File.ReadAllBytesAsync(head);
                await GrowAsync(folder, 5, actor: "another");
                await File.WriteAllBytesAsync(head, kept);
                break;
            case "cut":
                await File.WriteAllTextAsync(log, string.Join('\n', lines[..^2]) + "\n");
                break;
            case "an older copy":
                File.Copy(LogOf(copy), log, overwrite: true);
                break;
            case "a line changed, its length kept":
                // Bob's only event is no longer his: his next one is his first.
                var at = Array.FindIndex(lines, line => line.Contains("\"bob\"", StringComparison.Ordinal));
                lines[at] = lines[at].Replace("\"actor\":\"bob\"", "\"actor\":\"rob\"", StringComparison.Ordinal);
                await File.WriteAllTextAsync(log, string.Join('\n', lines) + "\n");
                break;
            case "another vault's log":
                using (var other = new TestFolder())
                {
                    await FolderSetup.CreateAsync(other);
                    await GrowAsync(other, Many + 3, actor: "bob");
                    File.Copy(LogOf(other), log, overwrite: true);
                }
                break;
            case "another vault's":
                using (var other = new TestFolder())
                {
                    await FolderSetup.CreateAsync(other);
                    await GrowAsync(other, Many, actor: "bob");
                    File.Copy(HeadOf(other), head, overwrite: true);
                }
                break;
            case "damaged":
                var bytes = await File.ReadAllBytesAsync(head);
                bytes[^10] ^= 1;
                await File.WriteAllBytesAsync(head, bytes);
                break;
            case "half of it":
                var whole = await File.ReadAllBytesAsync(head);
                await File.WriteAllBytesAsync(head, whole[..(whole.Length / 2)]);
                break;
            case "empty":
                await File.WriteAllTextAsync(head, "");
                break;
            case "a folder":
                File.Delete(head);
                Directory.CreateDirectory(head);
                break;
        }
    }

    private static async Task GrowAsync(TestFolder folder, int count, string actor = "alice")
    {
        await using var opened = await FolderSetup.OpenAsync(folder);
        for (var i = 0; i < count; i++)
        {
            var payload = Encoding.UTF8.GetBytes($$"""{"subject":"n{{i}}","predicate":"is","value":{{opened.Vault.Log.Head.Count}}}""");
            await opened.Vault.AppendAsync(
                Granary.Vault.Backpack.Events.PreparedBackpackEvent.Create("OBSERVATION", payload, actor), TestBackpack.Time.GetUtcNow(), default);
        }
        await opened.Vault.WriteSealPointAsync(TestBackpack.Time, default);
    }

    private static string LogOf(TestFolder folder) => Path.Combine(folder.Vault, "events", "events.ndjson");

    private static string HeadOf(TestFolder folder) => Path.Combine(Path.GetDirectoryName(folder.Vault)!, ".notes.head");
}
