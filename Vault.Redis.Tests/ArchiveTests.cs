using System.Text;
using Granary.Testing.Redis;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Bridge;
using Granary.Vault.Psmc.Verification;
using Granary.Vault.Redis.Archive;
using Granary.Vault.Redis.Tests.Support;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;
using StackExchange.Redis;

namespace Granary.Vault.Redis.Tests;

/// <summary>What leaves Redis for an archive, and what becomes of it there.</summary>
public sealed class ArchiveTests(RedisPlaces places) : IClassFixture<RedisPlaces>
{
    private const int Lines = 4;

    private readonly MemoryArchive _objects = new();

    [Fact]
    public async Task Full_segments_leave_Redis_for_objects_that_are_the_exported_files_beginning()
    {
        using var folder = new TestFolder();
        var options = NewOptions();
        await using (var vault = await FillAsync(options, 18, bridged: true))
            (await VerifyAsync(vault)).EventCount.ShouldBe(18);
        var streams = new[] { LogStream.Events, LogStream.Chain, LogStream.Bridge };
        foreach (var stream in streams)
        {
            (await ListsAsync(options, stream)).ShouldBe([2]);
            (await Database.StringLengthAsync(Layout(options).Sealed(stream))).ShouldBe(4 * 32);
        }
        (await Database.SortedSetLengthAsync(Layout(options).Loose)).ShouldBe(0);
        var target = Path.Combine(folder.Path, "out");
        await new RedisVaultStore(options).ExportAsync(target, secrets: false, default);
        var exported = await File.ReadAllTextAsync(Path.Combine(target, "events", "events.ndjson"));
        var archived = _objects.Objects.Where(pair => pair.Key.Contains("/events-", StringComparison.Ordinal)).OrderBy(pair => pair.Key, StringComparer.Ordinal);
        exported.ShouldStartWith(string.Concat(archived.Select(pair => Encoding.UTF8.GetString(pair.Value))));
        _objects.Objects.Keys.ShouldAllBe(name => name.StartsWith(options.Name + "/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_last_line_of_a_stream_stays_in_Redis()
    {
        var options = NewOptions();
        await using var vault = await FillAsync(options, 8);
        (await ListsAsync(options, LogStream.Events)).ShouldBe([4]);
        await using var again = await PsmcVault.OpenAsync(new RedisVaultStore(options), default);
        again.Log.Findings.ShouldBeEmpty();
        await TestVault.AppendAsync(again, 1);
        (await VerifyAsync(again)).Valid.ShouldBeTrue();
    }

    [Fact]
    public async Task Only_what_was_full_at_the_first_look_is_sealed()
    {
        var options = NewOptions();
        await using var vault = await CreateAsync(options);
        await TestVault.AppendAsync(vault, 9);
        var seen = await new RedisVaultSealer(options).LookAsync(default);
        seen.ShouldBe(new SealableSegments(new FullSegments(2, 2, 0), HasLoose: false));
        await TestVault.AppendAsync(vault, 9);
        (await new RedisVaultSealer(options).SealAsync(seen.Full, default)).ShouldBe(4);
        (await ListsAsync(options, LogStream.Events)).ShouldBe([2, 4, 4]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_archive_lost_or_altered_is_told_in_a_sentence_and_the_rest_can_be_read(bool lost)
    {
        var options = NewOptions();
        await using var vault = await FillAsync(options, 18);
        var name = _objects.Objects.Keys.Single(key => key.Contains("/events-00000001-", StringComparison.Ordinal));
        if (lost)
            _objects.Objects.TryRemove(name, out _);
        else
            _objects.Objects[name][3] ^= 1;
        // Another process: this one may have read the segment already.
        await using var other = await PsmcVault.OpenAsync(new RedisVaultStore(options with { Archive = new SealedSegments(_objects) }), default);
        var failure = await Should.ThrowAsync<VaultStorageException>(() => other.Log.ReadAsync(LogStream.Events, 5, 1, 100, default));
        failure.Failure.ShouldBe(VaultStorageFailure.Damaged);
        failure.Message.ShouldContain(lost ? $"lost {name}, lines 4 to 7 of the stream events" : $"altered {name}");
        (await other.Log.ReadAsync(LogStream.Events, 9, 10, 10_000, default)).Lines.Count.ShouldBe(3);
        await TestVault.AppendAsync(other, 1);
    }

    [Fact]
    public async Task A_vault_with_sealed_segments_is_refused_by_who_has_no_archive_and_by_programs_of_before()
    {
        var options = NewOptions();
        await (await FillAsync(options, 18)).DisposeAsync();
        var failure = await Should.ThrowAsync<VaultStorageException>(() => new RedisVaultStore(options with { Archive = null }).OpenAsync(default));
        failure.Message.ShouldContain("GRANARY_ARCHIVE");
        // What they compare with the number they know, which is 1.
        ((string?)await Database.HashGetAsync(Layout(options).Head, "layout")).ShouldBe("2");
    }

    [Fact]
    public async Task Two_who_seal_at_once_seal_each_segment_once_and_leave_nothing_loose()
    {
        var options = NewOptions();
        await using var vault = await CreateAsync(options);
        await TestVault.AppendAsync(vault, 40);
        var done = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => new RedisVaultSealer(options).SealAsync(FullSegments.All, default))));
        await new RedisVaultSealer(options).SealAsync(FullSegments.All, default);
        done.Sum().ShouldBeLessThanOrEqualTo(18);
        _objects.Objects.Count.ShouldBe(18);
        (await VerifyAsync(vault)).Valid.ShouldBeTrue();
        await new RedisVaultSealer(options).SweepAsync(TimeSpan.FromSeconds(-1), default);
        (await Database.SortedSetLengthAsync(Layout(options).Loose)).ShouldBe(0);
        _objects.Objects.Count.ShouldBe(18);
    }

    [Fact]
    public async Task A_reader_in_the_middle_of_a_segment_goes_on_in_the_archive()
    {
        var options = NewOptions();
        await using var vault = await CreateAsync(options);
        await TestVault.AppendAsync(vault, 18);
        var first = await vault.Log.ReadAsync(LogStream.Events, 0, 2, 10_000, default);
        await new RedisVaultSealer(options).SealAsync(FullSegments.All, default);
        var next = await vault.Log.ReadAsync(LogStream.Events, first.Next, 10, 10_000, default);
        next.Position.ShouldBe(2);
        next.Lines.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_segment_in_which_a_line_gives_way_meanwhile_is_not_sealed_as_it_was()
    {
        var options = NewOptions();
        await using var vault = await BackpackAsync(options, 16);
        var old = (await vault.LinesAsync())[2];
        _objects.Putting = async _ =>
        {
            _objects.Putting = _ => Task.CompletedTask;
            await AppendAsync(vault, await vault.RedactionAsync(2, "r"));
        };
        (await new RedisVaultSealer(options).SealAsync(FullSegments.All, default)).ShouldBe(0);
        (await new RedisVaultSealer(options).SealAsync(FullSegments.All, default)).ShouldBe(4);
        (await vault.LinesAsync())[2].ShouldContain("redacted");
        // The object with the line as it was goes, and nothing else.
        _objects.Objects.Count.ShouldBe(5);
        (await new RedisVaultSealer(options).SweepAsync(TimeSpan.FromSeconds(-1), default)).ShouldBe(1);
        _objects.Objects.Count.ShouldBe(4);
        _objects.Objects.Values.ShouldNotContain(bytes => Encoding.UTF8.GetString(bytes).Contains(old, StringComparison.Ordinal));
        (await vault.LinesAsync()).Count.ShouldBe(19);
    }

    [Fact]
    public async Task A_line_that_gives_way_in_the_archive_gives_the_segment_another_object_and_the_old_one_goes_after_a_while()
    {
        var options = NewOptions();
        await using var vault = await BackpackAsync(options, 16);
        await new RedisVaultSealer(options).SealAsync(FullSegments.All, default);
        var before = _objects.Objects.Keys.ToList();
        var old = (await vault.LinesAsync())[3];
        // Two lines of one segment, and one of another, in one append.
        List<LogEntry> entries = [.. await vault.BuildAsync(3)];
        for (var i = 0; i < 3; i++)
            entries[i] = entries[i] with { Replaces = (await vault.RedactionAsync(i == 2 ? 9 : 2 + i)).Replaces };
        (await vault.Log.AppendAsync(vault.Log.Head, entries, default)).ShouldBeOfType<AppendOutcome.Appended>();
        var lines = await vault.LinesAsync();
        foreach (var position in (int[])[2, 3, 9])
            lines[position].ShouldContain("redacted");
        _objects.Objects.Count.ShouldBe(before.Count + 2);
        (await new RedisVaultSealer(options).SweepAsync(TimeSpan.FromHours(1), default)).ShouldBe(0);
        (await new RedisVaultSealer(options).SweepAsync(TimeSpan.FromSeconds(-1), default)).ShouldBe(2);
        before.Except(_objects.Objects.Keys).Select(name => name[(name.LastIndexOf('/') + 1)..][..15]).Order().ShouldBe(["events-00000000", "events-00000002"]);
        _objects.Objects.Values.ShouldNotContain(bytes => Encoding.UTF8.GetString(bytes).Contains(old, StringComparison.Ordinal));
        (await Database.SortedSetLengthAsync(Layout(options).Loose)).ShouldBe(0);
        (await vault.LinesAsync()).ShouldBe(lines);
    }

    [Fact]
    public async Task A_segment_that_leaves_between_the_look_and_the_append_is_looked_at_again()
    {
        var options = NewOptions();
        await using var vault = await BackpackAsync(options, 16);
        await new RedisVaultSealer(options).SealAsync(new FullSegments(1, 0, 0), default);
        // The first segment is replaced in the archive; while its object is written, the second leaves too.
        List<LogEntry> entries = [.. await vault.BuildAsync(2)];
        for (var i = 0; i < 2; i++)
            entries[i] = entries[i] with { Replaces = (await vault.RedactionAsync(2 + 4 * i)).Replaces };
        _objects.Putting = async _ =>
        {
            _objects.Putting = _ => Task.CompletedTask;
            (await new RedisVaultSealer(options).SealAsync(FullSegments.All, default)).ShouldBe(3);
        };
        (await vault.Log.AppendAsync(vault.Log.Head, entries, default)).ShouldBeOfType<AppendOutcome.Appended>();
        var lines = await vault.LinesAsync();
        (lines[2] + lines[6]).ShouldBe(string.Concat(entries.Select(entry => Encoding.UTF8.GetString(entry.Replaces!.Line.Span))));
    }

    [Fact]
    public async Task What_a_silo_wrote_before_it_died_is_known_and_used_by_the_next()
    {
        var options = NewOptions();
        await using var vault = await CreateAsync(options);
        await TestVault.AppendAsync(vault, 18);
        var died = new InvalidOperationException("the process ends here");
        _objects.Putting = _ => throw died;
        await Should.ThrowAsync<InvalidOperationException>(() => new RedisVaultSealer(options).SealAsync(FullSegments.All, default));
        (await Database.SortedSetLengthAsync(Layout(options).Loose)).ShouldBe(2);
        // Not sealed yet: it may be at any moment, so nothing is deleted however old it is.
        (await new RedisVaultSealer(options).SweepAsync(TimeSpan.FromSeconds(-1), default)).ShouldBe(0);
        _objects.Putting = _ => Task.CompletedTask;
        (await new RedisVaultSealer(options).SealAsync(FullSegments.All, default)).ShouldBe(8);
        (await Database.SortedSetLengthAsync(Layout(options).Loose)).ShouldBe(0);
        (await VerifyAsync(vault)).Valid.ShouldBeTrue();
    }

    [Fact]
    public async Task An_archive_that_does_not_keep_what_it_took_leaves_the_list_where_it_is()
    {
        var options = NewOptions() with { Archive = new SealedSegments(new Forgetful()) };
        await using var vault = await CreateAsync(options);
        await TestVault.AppendAsync(vault, 18);
        var failure = await Should.ThrowAsync<VaultStorageException>(() => new RedisVaultSealer(options).SealAsync(FullSegments.All, default));
        failure.Message.ShouldContain("does not have it");
        (await ListsAsync(options, LogStream.Events)).ShouldBe([2, 4, 4, 4, 4]);
        (await VerifyAsync(vault)).Valid.ShouldBeTrue();
    }

    /// <summary>What leaves makes room: of all writes this one must not need any.</summary>
    [RealRedisFact]
    public async Task A_full_Redis_is_relieved()
    {
        using var server = new RedisServer("--appendfsync everysec --maxmemory-policy noeviction");
        using var link = Granary.Vault.Redis.Connections.RedisLink.Connect(server.Configuration);
        var options = places.Options(places.NewName(), link) with { Archive = new SealedSegments(_objects), SegmentLines = 256 };
        await using var vault = await CreateAsync(options);
        await TestVault.AppendAsync(vault, 1000);
        await link.Database.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        await Should.ThrowAsync<VaultStorageException>(() => TestVault.AppendAsync(vault, 1));
        (await new RedisVaultSealer(options).SealAsync(FullSegments.All, default)).ShouldBe(6);
        (await VerifyAsync(vault)).EventCount.ShouldBe(1000);
    }

    [RealRedisFact]
    public async Task A_sealed_event_takes_no_more_than_half_a_byte_of_Redis()
    {
        var options = NewOptions();
        await using var vault = await FillAsync(options, 50 * Lines + 1, bridged: true);
        var bytes = 0L;
        foreach (var stream in Enum.GetValues<LogStream>())
            bytes += (long)await Database.ExecuteAsync("MEMORY", "USAGE", Layout(options).Sealed(stream));
        // A segment takes the same whatever its length, and a real one has 1024 lines.
        (bytes / (50.0 * RedisLayout.DefaultSegmentLines)).ShouldBeLessThanOrEqualTo(0.5);
    }

    private IDatabase Database => places.Link.Database;

    private RedisVaultOptions NewOptions() => places.Options(places.NewName()) with { Archive = new SealedSegments(_objects), SegmentLines = Lines };

    private static RedisLayout Layout(RedisVaultOptions options) => new("granary", options.Name, options.SegmentLines);

    private static async Task<PsmcVault> CreateAsync(RedisVaultOptions options)
    {
        using var key = Fixture.Key("psmc_active");
        await PsmcVault.CreateAsync(new RedisVaultStore(options), key, TestVault.Time, default);
        return await PsmcVault.OpenAsync(new RedisVaultStore(options), default);
    }

    private static async Task<PsmcVault> FillAsync(RedisVaultOptions options, int events, bool bridged = false)
    {
        var vault = await CreateAsync(options);
        var bridge = bridged ? await PsmcBridge.LoadAsync(vault.Log, default) : null;
        for (var left = events; left > 0; left -= 500)
            await TestVault.AppendAsync(vault, Math.Min(left, 500), null, bridge);
        await new RedisVaultSealer(options).SealAsync(FullSegments.All, default);
        return vault;
    }

    private static async Task<StoredBackpack> BackpackAsync(RedisVaultOptions options, int events)
    {
        var vault = await StoredBackpack.NewAsync(new RedisVaultStore(options));
        await vault.AppendAsync(events);
        return vault;
    }

    private static async Task AppendAsync(StoredBackpack vault, LogEntry entry) =>
        (await vault.Log.AppendAsync(vault.Log.Head, [entry], default)).ShouldBeOfType<AppendOutcome.Appended>();

    private static Task<PsmcReport> VerifyAsync(PsmcVault vault) => new PsmcVerifier(vault.Log).RunAsync(null, null, default);

    /// <summary>The lengths of a stream's lists that are in Redis, the shortest first.</summary>
    private async Task<List<long>> ListsAsync(RedisVaultOptions options, LogStream stream)
    {
        var lengths = new List<long>();
        for (var index = 0; index < 32; index++)
            lengths.Add(await Database.ListLengthAsync(Layout(options).Segment(stream, index)));
        return [.. lengths.Where(length => length > 0).Order()];
    }

    private sealed class Forgetful : ISegmentArchive
    {
        public Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) => Task.CompletedTask;

        public Task<ReadOnlyMemory<byte>?> GetAsync(string name, CancellationToken cancellation) => Task.FromResult<ReadOnlyMemory<byte>?>(null);

        public Task DeleteAsync(string name, CancellationToken cancellation) => Task.CompletedTask;
    }
}
