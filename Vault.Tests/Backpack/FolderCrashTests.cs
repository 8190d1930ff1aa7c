using System.Text.Json;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Checkpoints;
using Granary.Vault.Reducer;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Backpack;

/// <summary>The program, or the machine, dies at each step of each operation in turn: the folder is then the old vault or the new one, and goes on.</summary>
public sealed class FolderCrashTests
{
    [Theory]
    [InlineData("append", false)]
    [InlineData("append", true)]
    [InlineData("redact", false)]
    [InlineData("rotate", false)]
    [InlineData("rotate", true)]
    [InlineData("seal", false)]
    public async Task A_folder_is_the_old_vault_or_the_new_one(string operation, bool powerCut)
    {
        var counts = new HashSet<int>();
        using var template = new TestFolder();
        var target = await FolderSetup.FillAsync(template);
        for (var step = 1; ; step++)
        {
            using var folder = new TestFolder();
            FolderSetup.Copy(template.Vault, folder.Vault);
            var files = new FaultyFileSystem { CrashAt = step };
            var finished = await RunAsync(folder, files, operation, target);
            if (powerCut)
                files.LosePower();
            counts.Add(await CheckAsync(folder, operation, finished, $"{operation}, step {step}"));
            if (!finished)
                continue;
            step.ShouldBeGreaterThan(10, "an operation has that many steps at least");
            break;
        }
        counts.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_checkpoint_is_whole_or_not_there(bool powerCut)
    {
        var found = new HashSet<bool>();
        using var template = new TestFolder();
        await FolderSetup.FillAsync(template);
        for (var step = 1; ; step++)
        {
            using var folder = new TestFolder();
            FolderSetup.Copy(template.Vault, folder.Vault);
            var files = new FaultyFileSystem { CrashAt = step };
            var finished = await RunAsync(folder, files, "checkpoint", "");
            if (powerCut)
                files.LosePower();
            // Opening seals again what a checkpoint without its manifest left.
            await using (await FolderSetup.OpenAsync(folder))
            {
            }
            (await FolderSetup.CheckAsync(folder)).Lines.Count.ShouldBe(4, $"step {step}");
            var checkpoint = Path.Combine(folder.Vault, Checkpoint.NameOf(4));
            var there = File.Exists(checkpoint);
            found.Add(there);
            if (there)
                JsonDocument.Parse(await File.ReadAllTextAsync(checkpoint)).RootElement.GetProperty("event_count").GetInt64().ShouldBe(4, $"step {step}");
            if (!finished)
                continue;
            there.ShouldBeTrue();
            break;
        }
        found.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Making_a_vault_leaves_a_whole_one_or_none()
    {
        for (var step = 1; ; step++)
        {
            using var folder = new TestFolder();
            var finished = true;
            try
            {
                await FolderSetup.CreateAsync(folder, new FaultyFileSystem { CrashAt = step });
            }
            catch (SimulatedCrashException)
            {
                finished = false;
            }
            if (!Directory.Exists(folder.Vault))
                await FolderSetup.CreateAsync(folder);
            await using (await FolderSetup.OpenAsync(folder))
            {
            }
            (await FolderSetup.CheckAsync(folder)).Lines.Count.ShouldBe(2, $"step {step}");
            if (finished)
                return;
        }
    }

    private static async Task<bool> RunAsync(TestFolder folder, FaultyFileSystem files, string operation, string target)
    {
        BackpackFolder? opened = null;
        try
        {
            opened = await FolderSetup.OpenAsync(folder, files);
            await OperateAsync(opened.Vault, operation, target);
            await opened.DisposeAsync();
            return true;
        }
        catch (Exception failure) when (failure is SimulatedCrashException || failure.InnerException is SimulatedCrashException)
        {
            return false;
        }
        finally
        {
            if (opened is not null)
                await Should.NotThrowAsync(() => CloseAsync(opened));
        }
    }

    /// <summary>A program that died holds no lock any more.</summary>
    private static async Task CloseAsync(BackpackFolder opened)
    {
        try
        {
            await opened.DisposeAsync();
        }
        catch (Exception failure) when (failure is SimulatedCrashException || failure.InnerException is SimulatedCrashException)
        {
        }
    }

    private static async Task OperateAsync(BackpackVault vault, string operation, string target)
    {
        var now = TestBackpack.Time.GetUtcNow();
        if (operation == "append")
        {
            await TestBackpack.NoteAsync(vault, "new");
            await vault.WriteSealPointAsync(TestBackpack.Time, default);
            return;
        }
        if (operation == "checkpoint")
        {
            await CheckpointAsync(vault, now);
            return;
        }
        using var promoted = Fixture.Key("rotated");
        var change = operation switch
        {
            "redact" => await Redaction.PlanAsync(vault, new RedactionRequest(target, "GDPR_ERASURE"), now, default),
            "rotate" => await KeyRotation.PlanAsync(vault, new RotationRequest(vault.PublicKey.KeyId, promoted), now, default),
            _ => await VaultSeal.PlanAsync(vault, now, default),
        };
        await vault.ApplyAsync(change, TestBackpack.Time, default);
    }

    private static async Task CheckpointAsync(BackpackVault vault, DateTimeOffset now)
    {
        using var reducer = new LogReducer(BackpackFormat.View);
        await reducer.CatchUpAsync(vault.Log, null, default);
        await vault.Log.WriteDocumentAsync(Checkpoint.Write(reducer.State, vault.FindPrivateKey(vault.PublicKey.KeyId)!, now, null), derived: false, default);
        await vault.WriteSealPointAsync(TestBackpack.Time, default);
    }

    private static async Task<int> CheckAsync(TestFolder folder, string operation, bool finished, string where)
    {
        int count;
        await using (var again = await FolderSetup.OpenAsync(folder))
        {
            again.Vault.Log.Findings.ShouldBeEmpty(where);
            count = (int)again.Vault.Log.Head.Count;
            if (finished)
                count.ShouldBeGreaterThan(4, where);
            again.Vault.PublicKey.KeyId.ShouldBe(operation == "rotate" && count > 4 ? "bp1_03396219237f75a6" : "bp1_56475aa75463474c", where);
        }
        var found = await FolderSetup.CheckAsync(folder);
        found.Lines.Count.ShouldBe(count, where);
        new BackpackEvent(found.Lines[2].Span).IsTombstone.ShouldBe(operation == "redact" && count > 4, where);
        if (operation != "seal" || count == 4)
        {
            await using (var again = await FolderSetup.OpenAsync(folder))
            {
                await TestBackpack.NoteAsync(again.Vault, "life goes on");
                await again.Vault.WriteSealPointAsync(TestBackpack.Time, default);
            }
            await FolderSetup.CheckAsync(folder);
        }
        return count;
    }
}
