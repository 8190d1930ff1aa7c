using System.Text;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Keys;
using Granary.Vault.Sync;
using Granary.Vault.Tests.Backpack;
using Granary.Vault.Tests.Support;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;

namespace Granary.Vault.Tests.Sync;

/// <summary>The program, or the machine, dies at each step of an import: no event is ever there whose key the vault does not know.</summary>
public sealed class ImportCrashTests : IDisposable
{
    private readonly SigningKey _peer = Fixture.Key("psmc_active");
    private readonly SigningKey _root = Fixture.Key("root");
    private readonly SigningKey _quorum = Fixture.Key("quorum");

    public void Dispose()
    {
        _peer.Dispose();
        _root.Dispose();
        _quorum.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_folder_has_events_and_keys_or_neither(bool powerCut)
    {
        using var template = new TestFolder();
        await FolderSetup.FillAsync(template);
        // Once: the clock of these tests goes on, and the same events are imported again.
        var lines = Say(3);
        var counts = new HashSet<long>();
        for (var step = 1; ; step++)
        {
            using var folder = new TestFolder();
            FolderSetup.Copy(template.Vault, folder.Vault);
            var files = new FaultyFileSystem { CrashAt = step };
            var finished = await ImportAsync(folder, files, lines);
            if (powerCut)
                files.LosePower();
            await using (var again = await FolderSetup.OpenAsync(folder))
            {
                counts.Add(again.Vault.Log.Head.Count);
                (await VaultVerifier.RunFolderAsync(folder.Vault, new VerificationOptions(), null, default)).Errors.ShouldBe(0, $"step {step}");
                again.Vault.Registry.Contains(_peer.PublicKey.KeyId, active: true).ShouldBe(again.Vault.Log.Head.Count > 4, $"step {step}");
                // An append that a crash tore leaves its first events; to import again brings the others.
                (await ImportAsync(again.Vault, lines)).ShouldBeTrue();
            }
            (await FolderSetup.CheckAsync(folder)).Lines.Count.ShouldBe(7, $"step {step}");
            if (!finished)
                continue;
            counts.Max().ShouldBe(7);
            step.ShouldBeGreaterThan(20, "an import has that many steps at least");
            return;
        }
    }

    [Fact]
    public async Task An_import_of_several_appends_brings_each_key_with_the_events_that_need_it()
    {
        using var promoted = Fixture.Key("rotated");
        var lines = await ElsewhereAsync(promoted);
        lines.Count.ShouldBeGreaterThan(2048);
        for (var step = 1; ; step++)
        {
            var memory = TestBackpack.Create();
            var vault = await TestBackpack.OpenAsync(memory);
            memory.CrashAt = step;
            var finished = await ImportAsync(vault, lines);
            var after = memory.Restarted();
            await using (var again = await TestBackpack.OpenAsync(after))
                await again.WriteSealPointAsync(TestBackpack.Time, default);
            var registry = KeyRegistry.Read(after.Documents[KeyRegistry.FileName]);
            registry.Contains(promoted.PublicKey.KeyId, active: true).ShouldBe(after.Lines.Count > 1500, $"step {step}");
            registry.Contains(_peer.PublicKey.KeyId, active: true).ShouldBe(after.Lines.Count > 2500, $"step {step}");
            await after.ShouldBeStrictlyValidAsync();
            await using (var again = await TestBackpack.OpenAsync(after))
                (await ImportAsync(again, lines)).ShouldBeTrue();
            await after.ShouldBeStrictlyValidAsync();
            after.Lines.Count.ShouldBe(2 + lines.Count, $"step {step}");
            if (finished)
                return;
        }
    }

    /// <summary>Events that the same vault got elsewhere: many, a rotation, more by the new key, and then some by a peer.</summary>
    private async Task<List<ReadOnlyMemory<byte>>> ElsewhereAsync(SigningKey promoted)
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        await NoteAsync(vault, from: 0, count: 1500);
        var request = new RotationRequest(vault.PublicKey.KeyId, promoted);
        await vault.ApplyAsync(await KeyRotation.PlanAsync(vault, request, At(1500), default), TestBackpack.Time, default);
        await NoteAsync(vault, from: 1501, count: 1000);
        return [.. memory.Lines.Skip(2), .. Say(3)];
    }

    /// <summary>An import is in the order of time.</summary>
    private static DateTimeOffset At(int second) => TestBackpack.Time.GetUtcNow().AddSeconds(second);

    private static async Task NoteAsync(BackpackVault vault, int from, int count)
    {
        for (var i = from; i < from + count; i++)
            await vault.AppendAsync(PreparedBackpackEvent.Create("com.example.note", "{}"u8, "agent_a"), At(i), default);
    }

    private List<ReadOnlyMemory<byte>> Say(int count)
    {
        var builder = new BackpackEventBuilder(_peer);
        var lines = new List<ReadOnlyMemory<byte>>();
        var link = ChainLink.First;
        for (var i = 0; i < count; i++)
        {
            var prepared = PreparedBackpackEvent.Create("com.example.note", Encoding.UTF8.GetBytes($$"""{"n":{{i}}}"""), "peer");
            var built = builder.Build(prepared, link, TestBackpack.Time.GetUtcNow().AddYears(1));
            link = new ChainLink(built.EventId, link.LogicalTime + 1, built.Timestamp);
            lines.Add(built.Entry.Event);
        }
        return lines;
    }

    private async Task<bool> ImportAsync(TestFolder folder, FaultyFileSystem files, List<ReadOnlyMemory<byte>> lines)
    {
        BackpackFolder? opened = null;
        try
        {
            opened = await FolderSetup.OpenAsync(folder, files);
            if (!await ImportAsync(opened.Vault, lines))
                return false;
            await opened.DisposeAsync();
            return true;
        }
        catch (Exception failure) when (IsCrash(failure))
        {
            return false;
        }
        finally
        {
            await CloseAsync(opened);
        }
    }

    private async Task<bool> ImportAsync(BackpackVault vault, List<ReadOnlyMemory<byte>> lines)
    {
        var offer = $$"""{"keys":[{"key_id":"{{_peer.PublicKey.KeyId}}","algorithm":"Ed25519","public_key_b64":"{{Convert.ToBase64String(_peer.PublicKey.Raw)}}","roles":[],"scopes":[],"status":"active"}]}""";
        var offered = KeyRegistry.Read(Encoding.UTF8.GetBytes(offer));
        try
        {
            var plan = await ImportPlanner.PlanAsync(vault.Log, vault.Registry, lines, offered.Keys, new ImportOptions { TrustedKeys = [_peer.PublicKey.KeyId] }, default);
            plan.Errors.Take(3).ShouldBeEmpty();
            await vault.ApplyAsync(plan.Change, TestBackpack.Time, default);
            return true;
        }
        catch (Exception failure) when (IsCrash(failure))
        {
            return false;
        }
    }

    /// <summary>A program that died holds no lock any more.</summary>
    private static async Task CloseAsync(BackpackFolder? opened)
    {
        try
        {
            if (opened is not null)
                await opened.DisposeAsync();
        }
        catch (Exception failure) when (IsCrash(failure))
        {
        }
    }

    private static bool IsCrash(Exception failure) => failure is SimulatedCrashException || failure.InnerException is SimulatedCrashException;
}
