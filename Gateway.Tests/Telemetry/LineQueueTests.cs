using System.Text;
using Granary.Hosting.Telemetry;

namespace Granary.Gateway.Tests.Telemetry;

/// <summary>Log entries reach their stream whole, in order and in few writes; what a stream does not take is counted.</summary>
public sealed class LineQueueTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly RecordingStream _stream = new();
    private readonly List<long> _lost = [];

    [Fact]
    public void Entries_of_many_threads_are_whole_and_each_threads_in_order()
    {
        const int Threads = 8, Each = 5_000;
        using (var queue = Start())
            Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, thread =>
            {
                for (var i = 0; i < Each; i++)
                    queue.Add($"{thread} {i} {new string('x', i % 300)}\n", isUrgent: i % 100 == 0);
            });
        var entries = _stream.Lines.Select(line => line.Split(' ')).ToList();
        entries.Count.ShouldBe(Threads * Each);
        entries.ShouldAllBe(entry => entry[2].Length == int.Parse(entry[1]) % 300);
        foreach (var thread in entries.GroupBy(entry => entry[0]))
            thread.Select(entry => int.Parse(entry[1])).ShouldBe(Enumerable.Range(0, Each));
        _lost.ShouldBeEmpty();
    }

    [Fact]
    public void Entries_that_come_during_a_write_are_the_next_write()
    {
        _stream.Block();
        using (var queue = Start())
        {
            queue.Add("first\n", isUrgent: true);
            _stream.AwaitWrite();
            for (var i = 0; i < 1_000; i++)
                queue.Add($"{i}\n", isUrgent: i % 2 == 0);
            _stream.Release();
        }
        _stream.Writes.ShouldBe(2);
        _stream.Lines.ShouldBe(["first", .. Enumerable.Range(0, 1_000).Select(i => $"{i}")]);
    }

    [Fact]
    public async Task An_entry_is_written_though_none_follows()
    {
        using var queue = Start();
        queue.Add("alone\n", isUrgent: false);
        await _stream.FirstWrite.WaitAsync(Limit);
        _stream.Lines.ShouldBe(["alone"]);
    }

    [Fact]
    public void A_slow_stream_slows_down_who_logs_and_loses_nothing()
    {
        const int Entries = 4_000;
        var text = $"{new string('x', 999)}\n";
        _stream.Delay = TimeSpan.FromMilliseconds(20);
        using (var queue = Start())
            Parallel.For(0, Entries, _ => queue.Add(text, isUrgent: false));
        (Entries * text.Length).ShouldBeGreaterThan(3 * LineQueue.Capacity);
        _stream.Lines.Count.ShouldBe(Entries);
        _lost.ShouldBeEmpty();
    }

    [Fact]
    public void What_a_stream_that_is_stuck_does_not_take_is_counted_and_told_when_it_goes_on()
    {
        const int More = 1_000;
        var text = $"{new string('x', 9_999)}\n";
        _stream.Block();
        using (var queue = Start())
        {
            queue.Add("first\n", isUrgent: true);
            _stream.AwaitWrite();
            // More than fits. Only the first that does not waits, or this would take a quarter of an hour.
            var fit = (LineQueue.Capacity / text.Length) + 1;
            for (var i = 0; i < fit + More; i++)
                queue.Add(text, isUrgent: false);
            _lost.ShouldBeEmpty();
            _stream.Release();
        }
        var told = _lost.ShouldHaveSingleItem();
        told.ShouldBeGreaterThanOrEqualTo(More);
        (_stream.Lines.Count + told).ShouldBe(1 + (LineQueue.Capacity / text.Length) + 1 + More);
    }

    [Fact]
    public void What_a_full_disk_does_not_take_is_counted_and_what_comes_later_is_written()
    {
        _stream.Fail = true;
        using (var queue = Start())
        {
            queue.Add("lost\n", isUrgent: true);
            SpinWait.SpinUntil(() => _stream.Failures == 1, Limit).ShouldBeTrue();
            _stream.Fail = false;
            queue.Add("kept\n", isUrgent: true);
        }
        _stream.Lines.ShouldBe(["kept"]);
        _lost.ShouldBe([1]);
    }

    [Fact]
    public void The_end_does_not_wait_for_a_stream_that_is_stuck()
    {
        _stream.Block();
        var queue = Start();
        queue.Add("first\n", isUrgent: true);
        _stream.AwaitWrite();
        queue.Add("second\n", isUrgent: true);
        queue.Dispose();
        _stream.Lines.ShouldBeEmpty();
        _stream.Release();
    }

    [Fact]
    public void What_is_logged_after_the_end_is_written_at_once()
    {
        var queue = Start();
        queue.Dispose();
        queue.Add("late\n", isUrgent: false);
        _stream.Lines.ShouldBe(["late"]);
    }

    [Fact]
    public void An_entry_larger_than_the_queue_is_written_in_its_place()
    {
        var large = new string('ü', LineQueue.Capacity);
        using (var queue = Start())
        {
            queue.Add("before\n", isUrgent: false);
            queue.Add($"{large}\n", isUrgent: false);
            queue.Add("after\n", isUrgent: false);
        }
        _stream.Lines.ShouldBe(["before", large, "after"]);
    }

    private LineQueue Start() => new(_stream, _lost.Add);

    /// <summary>A stream that keeps what is written, and can be slow, stuck or full.</summary>
    private sealed class RecordingStream : MemoryStream
    {
        private readonly ManualResetEventSlim _open = new(initialState: true);
        private readonly ManualResetEventSlim _entered = new();
        private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Writes { get; private set; }

        public int Failures { get; private set; }

        public volatile bool Fail;

        public TimeSpan Delay { get; set; }

        public Task FirstWrite => _first.Task;

        public List<string> Lines => [.. Encoding.UTF8.GetString(ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)];

        public void Block() => _open.Reset();

        public void Release() => _open.Set();

        public void AwaitWrite() => _entered.Wait(Limit).ShouldBeTrue();

        public override void Write(byte[] buffer, int offset, int count)
        {
            _entered.Set();
            _open.Wait(Limit);
            if (Fail)
            {
                Failures++;
                throw new IOException("No space left on device");
            }
            Thread.Sleep(Delay);
            Writes++;
            base.Write(buffer, offset, count);
            _first.TrySetResult();
        }
    }
}
