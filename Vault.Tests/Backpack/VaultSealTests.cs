using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Backpack;

public sealed class VaultSealTests
{
    [Fact]
    public async Task A_sealed_vault_takes_nothing_more()
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        var note = await TestBackpack.NoteAsync(vault, "last words");
        await vault.WriteSealPointAsync(TestBackpack.Time, default);
        var rootBefore = Encoding.ASCII.GetString(memory.Documents[Manifest.RootName]).Trim();
        var change = await SealAsync(vault);
        await memory.ShouldBeStrictlyValidAsync();
        var payload = JsonDocument.Parse(new BackpackEvent(memory.Lines[^1].Span).Payload.ToArray()).RootElement;
        payload.GetProperty("final_event_count").GetInt64().ShouldBe(4);
        payload.GetProperty("final_merkle_root").GetString().ShouldBe(rootBefore);
        payload.GetProperty("reason").GetString().ShouldBe("archival_rotation");

        var steps = memory.Steps;
        (await SealAsync(vault)).ShouldBe(new VaultChange(change.EventId, []), "sealing again finds the first seal");
        memory.Lines.Count.ShouldBe(4);
        using var promoted = Fixture.Key("rotated");
        await RefusedAsync(() => TestBackpack.NoteAsync(vault, "more"));
        await RefusedAsync(() => Redaction.PlanAsync(vault, new RedactionRequest(note.EventId, "OTHER"), default, default));
        await RefusedAsync(() => Shredding.PlanAsync(vault, new ShredRequest("OTHER") { TargetEventId = note.EventId }, null!, default, default));
        await RefusedAsync(() => KeyRotation.PlanAsync(vault, new RotationRequest(vault.PublicKey.KeyId, promoted), default, default));
        await RefusedAsync(() => SpecMigration.PlanAsync(vault, "latest", default, default));
        memory.Steps.ShouldBe(steps + 3, "the manifest may be made anew");
        memory.Lines.Count.ShouldBe(4);

        await using var again = await TestBackpack.OpenAsync(memory);
        await RefusedAsync(() => TestBackpack.NoteAsync(again, "more"));
    }

    [Fact]
    public async Task A_successor_names_the_vault_it_continues_and_is_valid()
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        (await Should.ThrowAsync<BackpackInputException>(() => VaultSeal.LinkAsync(vault, default))).Message.ShouldContain("not sealed");
        var seal = await SealAsync(vault);
        var link = await VaultSeal.LinkAsync(vault, default);
        link.ShouldBe(new Predecessor(
            Encoding.ASCII.GetString(memory.Documents[Manifest.RootName]).Trim(), 3, seal.EventId,
            Convert.ToHexStringLower(SHA256.HashData(memory.Lines[^1].Span))));

        using var root = Fixture.Key("successor_root");
        var successor = MemoryBackpack.From(BackpackBootstrap.Create(
            new BackpackBirth { Root = root, Uid = "bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee", Predecessor = link }, TestBackpack.Time));
        await successor.ShouldBeStrictlyValidAsync();
        foreach (var named in (byte[][])[successor.Documents[BackpackBootstrap.GenesisName], new BackpackEvent(successor.Lines[0].Span).Payload.ToArray()])
        {
            var predecessor = JsonDocument.Parse(named).RootElement.GetProperty("predecessor_vault");
            predecessor.GetProperty("merkle_root").GetString().ShouldBe(link.MerkleRoot);
            predecessor.GetProperty("final_event_count").GetInt64().ShouldBe(3);
            predecessor.GetProperty("seal_event_id").GetString().ShouldBe(link.SealEventId);
            predecessor.GetProperty("seal_event_hash").GetString().ShouldBe(link.SealEventHash);
        }
    }

    [Theory]
    [InlineData("latest", "1.2")]
    [InlineData("1.1", "1.1")]
    public async Task A_migration_is_signed_and_names_both_versions(string target, string version)
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        await vault.ApplyAsync((await SpecMigration.PlanAsync(vault, target, TestBackpack.Time.GetUtcNow(), default))!, TestBackpack.Time, default);
        SpecMigration.VersionOf(memory.Documents[BackpackBootstrap.GenesisName]).ShouldBe(version);
        Encoding.UTF8.GetString(new BackpackEvent(memory.Lines[^1].Span).Payload).ShouldBe($$"""{"source_version":"1.0","target_version":"{{version}}"}""");
        await memory.ShouldBeStrictlyValidAsync();
        (await SpecMigration.PlanAsync(vault, version, TestBackpack.Time.GetUtcNow(), default)).ShouldBeNull();
        (await Should.ThrowAsync<BackpackInputException>(() => SpecMigration.PlanAsync(vault, "1.0", default, default))).Message.ShouldContain("not taken back");
        (await Should.ThrowAsync<BackpackInputException>(() => SpecMigration.PlanAsync(vault, "9", default, default))).Message.ShouldContain("1.0, 1.1, 1.2");
    }

    private static async Task<VaultChange> SealAsync(BackpackVault vault)
    {
        var change = await VaultSeal.PlanAsync(vault, TestBackpack.Time.GetUtcNow(), default);
        await vault.ApplyAsync(change, TestBackpack.Time, default);
        return change;
    }

    private static async Task RefusedAsync(Func<Task> work) => (await Should.ThrowAsync<BackpackInputException>(work)).Message.ShouldContain("successor");
}
