using System.Text;
using FsCheck.Xunit;
using Granary.Vault.Canonical;
using Granary.Vault.Reducer;

namespace Granary.Vault.Tests.Reducer;

/// <summary>A reducer that was put away and taken out again goes on as if nothing had happened.</summary>
public sealed class ReducerSnapshotTests
{
    [Property(MaxTest = 200)]
    public void Resuming_anywhere_equals_a_full_replay(int[] numbers, byte cut)
    {
        var events = RandomEvents.From(numbers);
        var at = events.Length == 0 ? 0 : cut % (events.Length + 1);
        using var whole = Apply(new ReducerV0(), events);
        using var resumed = Apply(Copy(Apply(new ReducerV0(), events[..at])), events[at..]);
        State(resumed).ShouldBe(State(whole));
        resumed.Poisoned.ShouldBe(whole.Poisoned);
        resumed.Poison.ShouldBe(whole.Poison);
        State(Copy(resumed)).ShouldBe(State(whole));
    }

    [Property(MaxTest = 100)]
    public void The_hash_is_the_same_whether_it_is_asked_for_after_each_event_or_at_the_end(int[] numbers)
    {
        using var asked = new ReducerV0();
        foreach (var one in RandomEvents.From(numbers))
        {
            asked.Apply(one);
            asked.StateHash().Length.ShouldBe(64);
        }
        using var once = Apply(new ReducerV0(), RandomEvents.From(numbers));
        asked.StateHash().ShouldBe(once.StateHash());
    }

    [Property(MaxTest = 100)]
    public void A_line_in_canonical_form_reduces_like_any_other_spelling_of_it(int[] numbers)
    {
        using var spelled = Apply(new ReducerV0(), RandomEvents.From(numbers));
        using var canonical = Apply(new ReducerV0(), [.. RandomEvents.From(numbers).Select(CanonicalOr)]);
        State(canonical).ShouldBe(State(spelled));
    }

    [Property(MaxTest = 300)]
    public void A_damaged_snapshot_is_refused_or_read_and_never_crashes(int[] numbers, int at, byte change)
    {
        var parts = Apply(new ReducerV0(), RandomEvents.From(numbers)).Snapshot();
        var bytes = parts[(int)((uint)at % (uint)parts.Count)];
        bytes[(int)((uint)at / (uint)parts.Count % (uint)bytes.Length)] ^= change;
        try
        {
            Restore(parts).EventCount.ShouldBeGreaterThanOrEqualTo(long.MinValue);
        }
        catch (FormatException refusal)
        {
            refusal.Message.ShouldContain("snapshot");
        }
    }

    private static byte[] CanonicalOr(byte[] line)
    {
        try
        {
            return CanonicalJson.Canonicalize(line);
        }
        catch (CanonicalJsonException)
        {
            return line;
        }
    }

    private static ReducerV0 Apply(ReducerV0 reducer, byte[][] events)
    {
        foreach (var one in events)
            reducer.Apply(one);
        return reducer;
    }

    private static ReducerV0 Copy(ReducerV0 reducer) => Restore(reducer.Snapshot());

    private static ReducerV0 Restore(IReadOnlyList<byte[]> parts) => ReducerV0.Restore([.. parts.Select(part => (ReadOnlyMemory<byte>)part)]);

    private static string State(ReducerV0 reducer)
    {
        using var output = new PooledBuffer();
        reducer.WriteState(output);
        return Encoding.UTF8.GetString(output.Written);
    }
}
