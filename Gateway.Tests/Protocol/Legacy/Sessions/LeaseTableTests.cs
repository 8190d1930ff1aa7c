using Granary.Gateway.Protocol.Legacy.Sessions;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Gateway.Tests.Protocol.Legacy.Sessions;

/// <summary>Entries live while somebody uses them or they hold something.</summary>
public sealed class LeaseTableTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(57));

    [Fact]
    public void An_entry_goes_with_its_last_user_unless_it_holds_something()
    {
        var table = new LeaseTable<Entry>(100, _time);
        var entry = Enter(table, "a");
        Enter(table, "a").ShouldBeSameAs(entry);
        table.Leave("a", entry);
        table.Find("a").ShouldBeSameAs(entry);
        entry.Content = 1;
        table.Leave("a", entry);
        table.Find("a").ShouldBeSameAs(entry);
        table.Used().ShouldBeEmpty();
        entry.Content = 0;
        table.Sweep("a", entry);
        table.Count.ShouldBe(0);
        Enter(table, "a").ShouldNotBeSameAs(entry);
    }

    [Fact]
    public void One_that_was_taken_out_is_not_left_into_its_successor()
    {
        var table = new LeaseTable<Entry>(100, _time);
        var first = Enter(table, "a");
        table.Remove("a").ShouldBeSameAs(first);
        var second = Enter(table, "a");
        table.Leave("a", first);
        table.Find("a").ShouldBeSameAs(second);
        table.Used().Count().ShouldBe(1);
    }

    [Fact]
    public void What_nobody_uses_makes_room_the_expired_and_the_oldest_first()
    {
        var table = new LeaseTable<Entry>(10, _time);
        for (var i = 0; i < 10; i++)
        {
            var entry = Enter(table, $"{i}", i);
            entry.Content = 1;
            if (i != 0)
                table.Leave($"{i}", entry);
        }
        _time.Advance(TimeSpan.FromHours(3.5));
        Enter(table, "new", 100);
        foreach (var gone in (string[])["1", "2", "3"])
            table.Find(gone).ShouldBeNull();
        table.Find("0").ShouldNotBeNull();
        table.Find("9").ShouldNotBeNull();
    }

    [Fact]
    public async Task What_is_put_into_an_entry_is_found_after_others_leave_it()
    {
        var table = new LeaseTable<Entry>(1_000, _time);
        var missed = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 50_000; i++)
            {
                var entry = Enter(table, "a");
                entry.Add(1);
                if (table.Find("a") != entry)
                    Interlocked.Increment(ref missed);
                entry.Add(-1);
                table.Leave("a", entry);
            }
        })));
        missed.ShouldBe(0);
        table.Count.ShouldBe(0);
    }

    private Entry Enter(LeaseTable<Entry> table, string key, int hours = 1) =>
        table.Enter(key, static expires => new Entry(expires), _time.GetUtcNow().AddHours(hours));

    private sealed class Entry(DateTimeOffset expires) : Leased(expires)
    {
        private int _content;

        public int Content
        {
            get => Volatile.Read(ref _content);
            set => Volatile.Write(ref _content, value);
        }

        public override bool IsIdle => Content == 0;

        public void Add(int amount) => Interlocked.Add(ref _content, amount);
    }
}
