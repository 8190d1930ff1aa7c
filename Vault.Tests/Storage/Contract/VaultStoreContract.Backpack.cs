using System.Text;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Storage.Contract;

/// <summary>The same promises for logs without a chain stream, and what only they have: lines that give way.</summary>
public abstract partial class VaultStoreContract
{
    [Fact]
    public async Task A_backpack_is_born_with_its_first_events_and_no_chain_and_is_known_again()
    {
        using var place = NewPlace();
        await using var vault = await StoredBackpack.NewAsync(place.Store());
        vault.Log.Format.ShouldBe(VaultFormats.Backpack);
        (vault.Log.Count(LogStream.Events), vault.Log.Count(LogStream.Chain), vault.Log.Count(LogStream.Bridge)).ShouldBe((2, 0, 0));
        vault.Log.Head.ShouldBe(new LogHead(2, StoredBackpack.Hash(await vault.LineAsync(1))));
        (await vault.Log.ReadAsync(LogStream.Chain, 0, 10, 100, default)).Lines.ShouldBeEmpty();
        (await vault.Log.ReadDocumentAsync("chain/chain.ndjson", default)).ShouldBeNull();
        (await Should.ThrowAsync<VaultStorageException>(() => StoredBackpack.CreateAsync(place.Store()))).Failure.ShouldBe(VaultStorageFailure.AlreadyExists);
    }

    [Fact]
    public async Task Without_a_chain_appends_are_fenced_keyed_and_survive_the_same()
    {
        using var place = NewPlace();
        List<LogEntry> first;
        await using (var vault = await StoredBackpack.NewAsync(place.Store()))
        {
            var stale = (vault.Log.Head, Entries: await vault.BuildAsync(2));
            first = await vault.AppendAsync(700, "k");
            (await vault.Log.AppendAsync(stale.Head, stale.Entries, default)).ShouldBeOfType<AppendOutcome.Conflict>().Head.ShouldBe(vault.Log.Head);
            await vault.AppendAsync(700);
            (await vault.Log.AppendAsync(vault.Log.Head, await vault.BuildAsync(1, "k"), default)).ShouldBeOfType<AppendOutcome.KeyTaken>().Record.Position.ShouldBe(2);
        }
        await using var again = await StoredBackpack.OpenAsync(place.Store());
        again.Log.Head.Count.ShouldBe(1402);
        again.Log.Findings.ShouldBeEmpty();
        (await again.LinesAsync()).Skip(2).Take(700).ShouldBe(first.Select(entry => Encoding.UTF8.GetString(entry.Event.Span)));
        (await again.Log.FindKeyAsync("k699", default)).ShouldNotBeNull().Hash.ShouldBe(first[699].Hash);
    }

    [Fact]
    public async Task A_line_gives_way_in_the_step_that_appends_and_nothing_else_changes()
    {
        using var place = NewPlace();
        List<string> lines;
        LogHead head;
        await using (var vault = await StoredBackpack.NewAsync(place.Store()))
        {
            for (var i = 0; i < 3; i++)
                await vault.AppendAsync(500);
            lines = await vault.LinesAsync();
            foreach (var position in (long[])[700, 1023, 1024, 1501])
            {
                var entry = await vault.RedactionAsync(position, $"r{position}-");
                (await vault.Log.AppendAsync(vault.Log.Head, [entry], default)).ShouldBeOfType<AppendOutcome.Appended>().Head.ShouldBe(new LogHead(lines.Count + 1, entry.Hash));
                lines[(int)position] = Encoding.UTF8.GetString(entry.Replaces!.Line.Span);
                lines.Add(Encoding.UTF8.GetString(entry.Event.Span));
                (await vault.LinesAsync()).ShouldBe(lines);
            }
            lines.AddRange((await vault.AppendAsync(3)).Select(entry => Encoding.UTF8.GetString(entry.Event.Span)));
            head = vault.Log.Head;
        }
        await using var again = await StoredBackpack.OpenAsync(place.Store());
        again.Log.Head.ShouldBe(head);
        again.Log.Findings.ShouldBeEmpty();
        (await again.LinesAsync()).ShouldBe(lines);
        (await again.Log.FindKeyAsync("r1024-0", default)).ShouldNotBeNull();
        await again.AppendAsync(1);
    }

    [Fact]
    public async Task A_line_gives_way_to_itself_only_and_not_where_the_append_is_refused()
    {
        using var place = NewPlace();
        await using var vault = await StoredBackpack.NewAsync(place.Store());
        await vault.AppendAsync(4, "k");
        var before = await vault.LinesAsync();
        var good = await vault.RedactionAsync(3);
        foreach (var wrong in (LineReplacement[])[good.Replaces! with { Position = 2 }, good.Replaces! with { Position = 6 }, good.Replaces! with { Line = "{}"u8.ToArray() }])
        {
            var refused = await Should.ThrowAsync<VaultStorageException>(() => vault.Log.AppendAsync(vault.Log.Head, [good with { Replaces = wrong }], default));
            refused.Failure.ShouldBe(VaultStorageFailure.Refused);
        }
        (await vault.Log.AppendAsync(LogHead.Empty with { Count = 5, Hash = vault.Log.Head.Hash }, [good], default)).ShouldBeOfType<AppendOutcome.Conflict>();
        var taken = good with { Claim = new IdempotencyClaim("k0", new string('0', 64), default) };
        (await vault.Log.AppendAsync(vault.Log.Head, [taken], default)).ShouldBeOfType<AppendOutcome.KeyTaken>();
        (await vault.LinesAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task What_is_kept_beside_a_vault_is_none_of_its_documents_and_never_goes_back()
    {
        using var place = NewPlace();
        await using (var vault = await StoredBackpack.NewAsync(place.Store()))
        {
            (await vault.Log.WriteBesideAsync(new VaultDocument("head", "seven"u8.ToArray()), 7, default)).ShouldBeTrue();
            (await vault.Log.WriteBesideAsync(new VaultDocument("head", "five"u8.ToArray()), 5, default)).ShouldBeFalse();
            (await vault.Log.WriteBesideAsync(new VaultDocument("head", "seven\nagain"u8.ToArray()), 7, default)).ShouldBeTrue();
            (await vault.Log.WriteBesideAsync(new VaultDocument("keys.json", "other secret"u8.ToArray(), Secret: true), null, default)).ShouldBeTrue();
        }
        await using var again = await StoredBackpack.OpenAsync(place.Store());
        (await BesideAsync(again, "head")).ShouldBe("seven\nagain");
        (await BesideAsync(again, "keys.json")).ShouldBe("other secret");
        (await BesideAsync(again, "plain")).ShouldBe("open");
        (await again.Log.ReadBesideAsync("nothing", default)).ShouldBeNull();
        (await again.Log.ReadDocumentAsync("keys.json", default)).ShouldBeNull();
    }

    [Fact]
    public async Task An_append_that_replaces_a_line_happens_whole_or_not_at_all_wherever_the_process_dies()
    {
        for (var step = 1; ; step++)
        {
            using var place = NewPlace();
            var run = new RewriteRun();
            bool finished;
            await using (var dying = place.Dying(step))
                finished = await run.StormAsync(dying);
            await run.CheckAsync(place.Store(), $"step {step}");
            if (!finished)
                continue;
            step.ShouldBeGreaterThan(8, "the storm has that many steps at least");
            return;
        }
    }

    private static async Task<string> BesideAsync(StoredBackpack vault, string name) =>
        Encoding.UTF8.GetString((await vault.Log.ReadBesideAsync(name, default)).ShouldNotBeNull().Span);
}
