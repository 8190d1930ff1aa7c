using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Backpack;

public sealed class KeyRotationTests
{
    private const string Root = "bp1_56475aa75463474c";
    private const string Quorum = "bp1_24f6ed6acbfe1009";
    private const string Rotated = "bp1_03396219237f75a6";

    [Fact]
    public async Task A_rotated_vault_is_valid_before_and_behind_the_rotation()
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        var last = await TestBackpack.NoteAsync(vault, "before");
        await RotateAsync(vault);
        vault.PublicKey.KeyId.ShouldBe(Rotated);
        await TestBackpack.NoteAsync(vault, "behind");
        await vault.WriteSealPointAsync(TestBackpack.Time, default);
        await memory.ShouldBeStrictlyValidAsync();

        var revocation = Event(memory, 3);
        revocation.IsType("KEY_REVOCATION"u8).ShouldBeTrue();
        revocation.KeyId.ShouldBe(Quorum);
        revocation.Namespace.ShouldBe("canonical");
        revocation.PayloadText("trust_boundary_event_id"u8).ShouldBe(last.EventId);
        var promotion = Event(memory, 4);
        promotion.IsType("KEY_PROMOTION"u8).ShouldBeTrue();
        promotion.PreviousId.ShouldBe(revocation.Id);
        promotion.PayloadText("promoted_by"u8).ShouldBe(Quorum);
        Event(memory, 5).KeyId.ShouldBe(Rotated);
    }

    [Fact]
    public async Task The_new_key_has_the_old_ones_roles_and_the_old_private_key_is_gone()
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        await RotateAsync(vault);
        vault.Registry.Find(Rotated)!.Roles.ShouldBe(["root", "attestation"]);
        vault.Registry.Find(Root)!.Status.ShouldBe("revoked");
        vault.Registry.Revocations.Single().KeyId.ShouldBe(Root);
        vault.FindPrivateKey(Root).ShouldBeNull();
        vault.PrivateKeys.Select(key => key.PublicKey.KeyId).ShouldBe([Rotated, Quorum]);
        memory.Documents[KeyRegistry.FileName][^1].ShouldBe((byte)'}');
    }

    [Fact]
    public async Task Events_behind_the_boundary_of_trust_are_suspect()
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        var trusted = await TestBackpack.NoteAsync(vault, "trusted");
        await TestBackpack.NoteAsync(vault, "after the theft");
        await RotateAsync(vault, boundary: trusted.EventId);
        var history = await KeyHistory.LoadAsync(vault.Registry, memory, default);
        history.StateAt(Root, 2).ShouldBe(KeyState.Valid);
        history.StateAt(Root, 3).ShouldBe(KeyState.Suspect);
        history.StateAt(Quorum, 4).ShouldBe(KeyState.Valid);
        history.StateAt(Rotated, 5).ShouldBe(KeyState.NotYet);
        history.StateAt(Rotated, 6).ShouldBe(KeyState.Valid);
        history.StateAt("bp1_0000000000000000", 0).ShouldBe(KeyState.Unknown);
        history.StateAt(null, 0).ShouldBe(KeyState.Unknown);
    }

    [Fact]
    public async Task Keys_of_the_sample_vault_count_where_they_did()
    {
        var memory = new MemoryBackpack();
        var registry = KeyRegistry.Read(Fixture.Read($"sample-vault-rekeyed/{KeyRegistry.FileName}"));
        await memory.AppendAsync(LogHead.Empty, [.. SampleEvents.Of("sample-vault-rekeyed").Select(line => new LogEntry(new BackpackEvent(line).EntryHash(), line, default))], default);
        var history = await KeyHistory.LoadAsync(registry, memory, default);
        var boundary = memory.Lines.ToList().FindIndex(line => new BackpackEvent(line.Span).HasId("evt_c0bb1664be0e6cd577ac4104"u8));
        for (var i = 0; i < memory.Lines.Count; i++)
            history.StateAt(Root, i).ShouldBe(i <= boundary ? KeyState.Valid : KeyState.Suspect);
        history.StateAt(Rotated, 9).ShouldBe(KeyState.NotYet);
        history.StateAt(Rotated, 10).ShouldBe(KeyState.Valid);
    }

    [Fact]
    public async Task A_revocation_that_is_not_in_the_log_leaves_nothing_trusted()
    {
        var memory = new MemoryBackpack();
        var registry = KeyRegistry.Read(Fixture.Read($"sample-vault-rekeyed/{KeyRegistry.FileName}"));
        var history = await KeyHistory.LoadAsync(registry, memory, default);
        history.StateAt(Root, 0).ShouldBe(KeyState.Suspect);
        history.StateAt(Rotated, 5).ShouldBe(KeyState.NotYet);
    }

    [Theory]
    [InlineData("bp1_0000000000000000", null, null, "no key")]
    [InlineData(Root, Root, null, "cannot sign its own revocation")]
    [InlineData(Root, Rotated, null, "no active root or quorum key")]
    [InlineData(Root, null, "evt_000000000000000000000000", "no event")]
    public async Task A_rotation_that_will_not_do_changes_nothing(string revoked, string? signer, string? boundary, string reason)
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        using var promoted = Fixture.Key("rotated");
        var request = new RotationRequest(revoked, promoted) { SignerKeyId = signer, BoundaryEventId = boundary };
        (await Should.ThrowAsync<BackpackInputException>(() => KeyRotation.PlanAsync(vault, request, TestBackpack.Time.GetUtcNow(), default))).Message.ShouldContain(reason);
        memory.Steps.ShouldBe(0);
    }

    [Fact]
    public async Task A_key_comes_once_and_goes_once()
    {
        await using var vault = await TestBackpack.OpenAsync(TestBackpack.Create());
        await RotateAsync(vault);
        using var old = Fixture.Key("root");
        using var fresh = Fixture.Key("successor_root");
        (await Should.ThrowAsync<BackpackInputException>(() => PlanAsync(vault, new RotationRequest(Rotated, old)))).Message.ShouldContain("had this key before");
        (await Should.ThrowAsync<BackpackInputException>(() => PlanAsync(vault, new RotationRequest(Root, fresh)))).Message.ShouldContain("revoked already");
    }

    [Fact]
    public async Task A_vault_with_one_key_cannot_rotate_it()
    {
        await using var vault = await TestBackpack.OpenAsync(TestBackpack.Create(quorum: false));
        using var promoted = Fixture.Key("rotated");
        (await Should.ThrowAsync<BackpackInputException>(() => PlanAsync(vault, new RotationRequest(Root, promoted)))).Message.ShouldContain("born with a quorum key");
    }

    [Fact]
    public async Task A_crash_at_any_step_leaves_the_old_key_or_the_new_one()
    {
        var outcomes = new HashSet<string>();
        for (var step = 1; ; step++)
        {
            var memory = TestBackpack.Create();
            await using var vault = await TestBackpack.OpenAsync(memory);
            memory.CrashAt = step;
            var died = false;
            try
            {
                await RotateAsync(vault);
            }
            catch (SimulatedCrashException)
            {
                died = true;
            }
            var restarted = memory.Restarted();
            await using var again = await TestBackpack.OpenAsync(restarted);
            outcomes.Add(again.PublicKey.KeyId);
            again.PublicKey.KeyId.ShouldBe(restarted.Lines.Count == 4 ? Rotated : Root);
            again.FindPrivateKey(Root).ShouldBe(restarted.Lines.Count == 4 ? null : again.Signer);
            await TestBackpack.NoteAsync(again, "life goes on");
            await again.WriteSealPointAsync(TestBackpack.Time, default);
            await restarted.ShouldBeStrictlyValidAsync();
            if (!died)
                break;
        }
        outcomes.ShouldBe([Root, Rotated], ignoreOrder: true);
    }

    private static async Task RotateAsync(BackpackVault vault, string? boundary = null)
    {
        using var promoted = Fixture.Key("rotated");
        await vault.ApplyAsync(await PlanAsync(vault, new RotationRequest(Root, promoted) { BoundaryEventId = boundary }), TestBackpack.Time, default);
    }

    private static Task<VaultChange> PlanAsync(BackpackVault vault, RotationRequest request) => KeyRotation.PlanAsync(vault, request, TestBackpack.Time.GetUtcNow(), default);

    private static BackpackEvent Event(MemoryBackpack memory, int position) => new(memory.Lines[position].Span);
}
