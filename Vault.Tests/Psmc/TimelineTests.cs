using System.Text;
using System.Text.Json;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Psmc.Verification;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Psmc;

public sealed class TimelineTests
{
    [Fact]
    public async Task Conditions_hold_together_and_the_last_ones_come_oldest_first()
    {
        using var folder = new TestFolder();
        await TestVault.FillAsync(folder, 600);
        await using var vault = await TestVault.OpenAsync(folder);
        (await NumbersAsync(vault, new PsmcTimelineQuery(null, null, null, null))).ShouldBe(Enumerable.Range(0, 600));
        (await NumbersAsync(vault, new PsmcTimelineQuery(null, null, null, 3))).ShouldBe([597, 598, 599]);
        (await NumbersAsync(vault, new PsmcTimelineQuery("note", null, null, 300))).ShouldBe(Enumerable.Range(300, 300));
        (await NumbersAsync(vault, new PsmcTimelineQuery("belief", null, null, null))).ShouldBeEmpty();
        var (start, end) = (TestVault.Time.AddSeconds(10), TestVault.Time.AddSeconds(13));
        (await NumbersAsync(vault, new PsmcTimelineQuery("note", start, end, null))).ShouldBe([10, 11, 12, 13]);
        (await NumbersAsync(vault, new PsmcTimelineQuery(null, start, end.ToOffset(TimeSpan.FromHours(5)), 2))).ShouldBe([12, 13]);
    }

    [Fact]
    public async Task An_answer_has_at_most_4_MiB_and_says_so()
    {
        using var folder = new TestFolder();
        await TestVault.CreateAsync(folder);
        await using var vault = await TestVault.OpenAsync(folder);
        var text = new string('x', 1_000_000);
        for (var i = 0; i < 6; i++)
        {
            var prepared = PreparedEvent.Create("note", Encoding.UTF8.GetBytes($$"""{"n":{{i}},"text":"{{text}}"}"""));
            var built = vault.Builder.Build(prepared, vault.Log.Head, Guid.NewGuid(), TestVault.Time, null);
            await vault.Log.AppendAsync(vault.Log.Head, [built.Entry], default);
        }
        var (events, truncated) = await PsmcTimeline.QueryAsync(vault.Log, 6, new PsmcTimelineQuery(null, null, null, null), default);
        truncated.ShouldBeTrue();
        events.Count.ShouldBe(4);
        (await new PsmcVerifier(vault.Log).RunAsync(null, null, default)).Findings.ShouldBeEmpty();
    }

    private static async Task<List<int>> NumbersAsync(PsmcVault vault, PsmcTimelineQuery query)
    {
        var (events, truncated) = await PsmcTimeline.QueryAsync(vault.Log, vault.Log.Head.Count, query, default);
        truncated.ShouldBeFalse();
        return [.. events.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("data").GetProperty("n").GetInt32())];
    }
}
