using FsCheck.Xunit;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Keys;
using Granary.Vault.Sync;
using Granary.Vault.Tests.Backpack;
using Granary.Vault.Tests.Support;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Tests.Sync;

/// <summary>Two copies of one vault that go on by themselves and are brought together: refused with sentences, or valid in strict mode afterwards.</summary>
public sealed class ReplicaTests
{
    [Property(MaxTest = 60, EndSize = 16)]
    public void No_merge_of_two_copies_leaves_one_that_does_not_verify_strictly(byte[] steps) => RunAsync(steps).GetAwaiter().GetResult();

    [Fact]
    public async Task A_fork_is_refused_in_a_valid_vault_and_says_how_to_avoid_it()
    {
        var (one, two) = Copies();
        await AppendAsync(one, "agent");
        await AppendAsync(two, "agent");
        (await MergeAsync(two, one)).ShouldContain(error => error.Contains("would fork", StringComparison.Ordinal));
        await ShouldVerifyAsync(one, "");
    }

    [Fact]
    public async Task A_revocation_is_refused_where_the_revoked_key_has_signed_behind_its_boundary()
    {
        var (one, two) = Copies();
        await AppendAsync(one, "agent_a");
        await RotateAsync(two);
        (await MergeAsync(two, one)).ShouldContain(error => error.Contains("has signed later events here", StringComparison.Ordinal));
        await ShouldVerifyAsync(one, "");
    }

    [Fact]
    public async Task A_seal_is_refused_where_the_vault_has_other_events()
    {
        var (one, two) = Copies();
        await AppendAsync(one, "agent_a");
        await using (var vault = await TestBackpack.OpenAsync(two))
            await vault.ApplyAsync(await VaultSeal.PlanAsync(vault, TestBackpack.Time.GetUtcNow(), default), TestBackpack.Time, default);
        (await MergeAsync(two, one)).ShouldContain(error => error.Contains("it seals a vault of 3 events, and this one would have 4", StringComparison.Ordinal));
        await ShouldVerifyAsync(one, "");
    }

    [Fact]
    public async Task A_rotation_that_another_copy_made_is_taken_and_the_authority_that_made_it_signs_the_manifest()
    {
        var (one, two) = Copies();
        await RotateAsync(two);
        (await MergeAsync(two, one)).ShouldBeEmpty();
        await ShouldVerifyAsync(one, "");
    }

    private static async Task RunAsync(byte[] steps)
    {
        var (one, two) = Copies();
        var done = new List<string>();
        foreach (var step in steps)
        {
            var (into, from) = step % 2 == 0 ? (one, two) : (two, one);
            try
            {
                switch (step / 2 % 7)
                {
                    case 0 or 1:
                        await AppendAsync(into, step % 2 == 0 ? "agent_a" : "agent_b");
                        break;
                    case 2:
                        await AppendAsync(into, "shared");
                        break;
                    case 3:
                        await RotateAsync(into);
                        break;
                    case 4:
                        await RedactAsync(into);
                        break;
                    default:
                        await MergeAsync(from, into, strict: step / 14 % 2 == 0);
                        break;
                }
                done.Add($"{step}");
            }
            catch (BackpackInputException refused)
            {
                refused.Message.ShouldEndWith(".");
            }
            foreach (var copy in (MemoryBackpack[])[one, two])
                await ShouldVerifyAsync(copy, string.Join(' ', done));
        }
    }

    private static (MemoryBackpack One, MemoryBackpack Two) Copies()
    {
        var one = TestBackpack.Create();
        return (one, one.Restarted());
    }

    private static async Task AppendAsync(MemoryBackpack memory, string actor)
    {
        await using var vault = await TestBackpack.OpenAsync(memory);
        await TestBackpack.NoteAsync(vault, Guid.NewGuid().ToString(), actor);
        await vault.WriteSealPointAsync(TestBackpack.Time, default);
    }

    private static async Task RotateAsync(MemoryBackpack memory)
    {
        await using var vault = await TestBackpack.OpenAsync(memory);
        using var promoted = SigningKey.Generate();
        var plan = await KeyRotation.PlanAsync(vault, new RotationRequest(vault.PublicKey.KeyId, promoted), TestBackpack.Time.GetUtcNow(), default);
        await vault.ApplyAsync(plan, TestBackpack.Time, default);
    }

    private static async Task RedactAsync(MemoryBackpack memory)
    {
        await using var vault = await TestBackpack.OpenAsync(memory);
        var last = new BackpackEvent(memory.Lines[^1].Span).Id!;
        await vault.ApplyAsync(await Redaction.PlanAsync(vault, new RedactionRequest(last, "OTHER"), TestBackpack.Time.GetUtcNow(), default), TestBackpack.Time, default);
    }

    private static async Task<IReadOnlyList<string>> MergeAsync(MemoryBackpack from, MemoryBackpack into, bool strict = true)
    {
        await using var vault = await TestBackpack.OpenAsync(into);
        var plan = await ImportPlanner.PlanAsync(vault.Log, vault.Registry, [.. from.Lines], [], new ImportOptions { Strict = strict }, default);
        plan.Errors.ShouldAllBe(error => error.EndsWith('.'));
        if (plan.Success)
            await vault.ApplyAsync(plan.Change, TestBackpack.Time, default);
        return plan.Errors;
    }

    private static async Task ShouldVerifyAsync(MemoryBackpack memory, string after)
    {
        var report = await VaultVerifier.RunAsync(memory, new VerificationOptions(), null, default);
        report.Findings.Where(finding => finding.Severity == FindingSeverity.Error && !finding.Rule.StartsWith("layout.", StringComparison.Ordinal))
            .ShouldBeEmpty($"after {after}");
    }
}
