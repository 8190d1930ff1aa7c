using System.Text;
using Granary.Testing.Redis;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Psmc.Verification;
using Granary.Vault.Redis.Connections;
using Granary.Vault.Redis.Tests.Support;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Redis.Tests;

/// <summary>Lost answers, late commands, and a Redis that goes, is full, or has forgotten.</summary>
public sealed class RedisFaultTests(RedisPlaces places) : IClassFixture<RedisPlaces>
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(Passage.CutBefore)]
    [InlineData(Passage.CutAfter)]
    public async Task An_append_whose_answer_is_lost_is_appended_once(Passage passage)
    {
        await using var faulty = await Faulty.StartAsync(places);
        faulty.OnAppend = passage;
        var entries = TestVault.Build(faulty.Vault, 3, "k");
        (await faulty.Vault.Log.AppendAsync(LogHead.Empty, entries, default)).ShouldBeOfType<AppendOutcome.Appended>().Head.Hash.ShouldBe(entries[^1].Hash);
        faulty.Appends.ShouldBeGreaterThan(1);
        await TestVault.AppendAsync(faulty.Vault, 1);
        await faulty.CheckAsync(count: 4);
    }

    [Fact]
    public async Task A_command_that_arrives_after_its_repetition_changes_nothing()
    {
        await using var faulty = await Faulty.StartAsync(places);
        faulty.OnAppend = Passage.Delay;
        var entries = TestVault.Build(faulty.Vault, 3, "k");
        (await faulty.Vault.Log.AppendAsync(LogHead.Empty, entries, default)).ShouldBeOfType<AppendOutcome.Appended>();
        faulty.Proxy.Delayed.ShouldBe(1);
        await TestVault.AppendAsync(faulty.Vault, 2);
        await faulty.Proxy.ReleaseAsync();
        (await faulty.Vault.Log.RefreshAsync(default)).Count.ShouldBe(5);
        await faulty.CheckAsync(count: 5);
    }

    [Fact]
    public async Task A_conflict_after_a_lost_answer_is_told_when_another_writer_was_faster()
    {
        await using var faulty = await Faulty.StartAsync(places);
        faulty.OnAppend = Passage.Delay;
        await using var other = await PsmcVault.OpenAsync(new RedisVaultStore(places.Options(faulty.Name)), default);
        faulty.Meanwhile = () => TestVault.AppendAsync(other, 1);
        var entries = TestVault.Build(faulty.Vault, 2);
        (await faulty.Vault.Log.AppendAsync(LogHead.Empty, entries, default)).ShouldBeOfType<AppendOutcome.Conflict>().Head.ShouldBe(other.Log.Head);
        await faulty.Proxy.ReleaseAsync();
        await faulty.CheckAsync(count: 1);
    }

    [Fact]
    public async Task Without_an_answer_in_time_the_outcome_is_said_to_be_unknown_and_a_new_opening_tells()
    {
        await using var faulty = await Faulty.StartAsync(places, TimeSpan.FromMilliseconds(300));
        faulty.OnAppend = Passage.CutAfter;
        faulty.Meanwhile = () =>
        {
            faulty.Proxy.Refuse(keepOpen: true);
            return Task.CompletedTask;
        };
        var entries = TestVault.Build(faulty.Vault, 2, "k");
        (await Should.ThrowAsync<VaultStorageException>(() => faulty.Vault.Log.AppendAsync(LogHead.Empty, entries, default))).Failure.ShouldBe(VaultStorageFailure.OutcomeUnknown);
        (await Should.ThrowAsync<VaultStorageException>(() => faulty.Vault.Log.AppendAsync(LogHead.Empty, entries, default))).Message.ShouldContain("opened again");
        var reading = await Should.ThrowAsync<VaultStorageException>(() => faulty.Vault.Log.RefreshAsync(default));
        (reading.Failure, reading.Message.Contains("127.0.0.1", StringComparison.Ordinal)).ShouldBe((VaultStorageFailure.Unavailable, false));
        await using var again = await PsmcVault.OpenAsync(new RedisVaultStore(places.Options(faulty.Name)), default);
        (await again.Log.FindKeyAsync("k1", default)).ShouldNotBeNull().Hash.ShouldBe(again.Log.Head.Hash);
    }

    [Fact]
    public async Task Two_writers_contend_and_never_fork_the_log()
    {
        var name = places.NewName();
        await using var first = await CreateAsync(places.Options(name));
        await using var second = await PsmcVault.OpenAsync(new RedisVaultStore(places.Options(name)), default);
        var conflicts = 0;
        var counts = await Task.WhenAll(((PsmcVault[])[first, second]).Select(vault => Task.Run(async () =>
        {
            var appended = 0;
            // Until they have met often enough, however the machine takes turns between them.
            while (appended < 200 || Volatile.Read(ref conflicts) < 20)
            {
                if (await vault.Log.AppendAsync(vault.Log.Head, TestVault.Build(vault, 1), default) is AppendOutcome.Appended)
                    appended++;
                else
                    Interlocked.Increment(ref conflicts);
            }
            return appended;
        })));
        await first.Log.RefreshAsync(default);
        var report = await new PsmcVerifier(first.Log).RunAsync(null, null, default);
        (report.EventCount, report.FindingCount).ShouldBe((counts.Sum(), 0));
        (first.Log.Findings.Count, second.Log.Findings.Count).ShouldBe((0, 0));
    }

    [RealRedisFact]
    public async Task Killed_under_appendfsync_always_it_loses_and_doubles_nothing_acknowledged()
    {
        using var server = new RedisServer("--appendfsync always");
        using var link = RedisLink.Connect(server.Configuration);
        var options = places.Options(places.NewName(), link) with { RetryBudget = Long };
        await (await CreateAsync(options)).DisposeAsync();
        using var enough = new CancellationTokenSource();
        var answered = 0;
        var writers = Enumerable.Range(0, 3).Select(writer => Task.Run(() => WriteAsync(options, writer, () => Interlocked.Increment(ref answered), enough.Token))).ToList();
        for (var i = 0; i < 3; i++)
        {
            await MoreAsync(10);
            server.Kill();
            await Task.Delay(100);
            server.Start();
        }
        await MoreAsync(10);
        await enough.CancelAsync();
        var acknowledged = (await Task.WhenAll(writers)).SelectMany(lines => lines).ToList();
        await using var vault = await PsmcVault.OpenAsync(new RedisVaultStore(options), default);
        (await new PsmcVerifier(vault.Log).RunAsync(null, null, default)).Findings.ShouldBeEmpty();
        var stored = await ReadAllAsync(vault.Log);
        acknowledged.Count.ShouldBeGreaterThanOrEqualTo(40);
        stored.Count.ShouldBe(acknowledged.Count, "every append had an answer, and each is there once");
        stored.Order(StringComparer.Ordinal).ShouldBe(acknowledged.Order(StringComparer.Ordinal));

        async Task MoreAsync(int count)
        {
            using var limit = new CancellationTokenSource(Long);
            for (var before = Volatile.Read(ref answered); Volatile.Read(ref answered) < before + count;)
                await Task.Delay(10, limit.Token);
        }
    }

    [RealRedisFact]
    public async Task A_full_store_refuses_events_with_a_sentence_and_is_read_on()
    {
        using var server = new RedisServer("--maxmemory 3mb --maxmemory-policy noeviction");
        using var link = RedisLink.Connect(server.Configuration);
        await using var vault = await CreateAsync(places.Options(places.NewName(), link));
        var failure = await Should.ThrowAsync<VaultStorageException>(async () =>
        {
            for (var i = 0; i < 200; i++)
                await TestVault.AppendAsync(vault, 50, $"k{i}-");
        });
        failure.Failure.ShouldBe(VaultStorageFailure.Refused);
        failure.Message.ShouldContain("full");
        var head = await vault.Log.RefreshAsync(default);
        head.Count.ShouldBeGreaterThan(0);
        var report = await new PsmcVerifier(vault.Log).RunAsync(null, null, default);
        (report.EventCount, report.FindingCount).ShouldBe((head.Count, 0));
        // A small vault may still find room that a large batch did not.
        await link.Database.ExecuteAsync("CONFIG", "SET", "maxmemory", "1mb");
        (await Should.ThrowAsync<VaultStorageException>(() => CreateAsync(places.Options(places.NewName(), link)))).Message.ShouldContain("full");
        await link.Database.ExecuteAsync("CONFIG", "SET", "maxmemory", "100mb");
        await TestVault.AppendAsync(vault, 1);
    }

    [Fact]
    public async Task A_store_that_lost_what_it_acknowledged_is_told_and_the_log_goes_on_from_there()
    {
        var found = new List<StorageFinding>();
        var options = places.Options(places.NewName());
        await using var vault = await CreateAsync(options with { Found = found.Add });
        await TestVault.AppendAsync(vault, 3);
        var earlier = vault.Log.Head;
        await TestVault.AppendAsync(vault, 2);
        await ForgetAsync(options.Name, earlier);
        (await vault.Log.RefreshAsync(default)).ShouldBe(earlier);
        found.ShouldHaveSingleItem().Rule.ShouldBe("store.lost");
        found[0].Reason.ShouldContain("5 events and holds 3");
        await TestVault.AppendAsync(vault, 1);
        var report = await new PsmcVerifier(vault.Log).RunAsync(null, null, default);
        (report.EventCount, report.Findings.Single().Rule).ShouldBe((4, "store.lost"));
    }

    [RealRedisFact]
    public async Task An_append_waits_for_the_replicas_it_was_asked_to_wait_for()
    {
        using var primary = new RedisServer();
        using var link = RedisLink.Connect(primary.Configuration);
        var options = places.Options(places.NewName(), link) with { WaitReplicas = 1, WaitTimeout = TimeSpan.FromMilliseconds(200) };
        await using (var vault = await CreateAsync(options))
        {
            var failure = await Should.ThrowAsync<VaultStorageException>(() => TestVault.AppendAsync(vault, 1));
            (failure.Failure, failure.Message.Contains("0 of 1", StringComparison.Ordinal)).ShouldBe((VaultStorageFailure.OutcomeUnknown, true));
        }
        using var replica = new RedisServer($"--replicaof 127.0.0.1 {primary.Port}");
        using var limit = new CancellationTokenSource(Long);
        while (!((string)(await link.Database.ExecuteAsync("INFO", "replication"))!).Contains("state=online", StringComparison.Ordinal))
            await Task.Delay(50, limit.Token);
        await using var again = await PsmcVault.OpenAsync(new RedisVaultStore(options with { WaitTimeout = Long, CommandTimeout = Long }), default);
        await TestVault.AppendAsync(again, 1);
        again.Log.Head.Count.ShouldBe(2);
    }

    private async Task ForgetAsync(string name, LogHead head)
    {
        foreach (var stream in (string[])["events", "chain"])
            await places.Link.Database.ListTrimAsync($"granary:{{{name}}}:{stream}:0", 0, head.Count - 1);
        await places.Link.Database.HashSetAsync($"granary:{{{name}}}:head", [new("count", head.Count), new("hash", head.Hash)]);
    }

    private static async Task<List<string>> WriteAsync(RedisVaultOptions options, int writer, Action answered, CancellationToken enough)
    {
        var acknowledged = new List<string>();
        await using var vault = await PsmcVault.OpenAsync(new RedisVaultStore(options), default);
        for (var i = 0; !enough.IsCancellationRequested; i++)
        {
            var prepared = PreparedEvent.Create("note", Encoding.UTF8.GetBytes($$"""{"n":{{i}},"writer":{{writer}}}"""), null, false);
            while (true)
            {
                var built = vault.Builder.Build(prepared, vault.Log.Head, Guid.NewGuid(), TestVault.Time, null);
                if (await vault.Log.AppendAsync(vault.Log.Head, [built.Entry], default) is AppendOutcome.Appended)
                    break;
            }
            acknowledged.Add($$"""{"n":{{i}},"writer":{{writer}}}""");
            answered();
        }
        return acknowledged;
    }

    private static async Task<List<string>> ReadAllAsync(IVaultLog log)
    {
        var data = new List<string>();
        for (long at = 0; at < log.Head.Count;)
        {
            var page = await log.ReadAsync(LogStream.Events, at, 1000, 1 << 20, default);
            foreach (var line in page.Lines)
            {
                using var parsed = System.Text.Json.JsonDocument.Parse(line);
                data.Add(parsed.RootElement.GetProperty("data").GetRawText());
            }
            at = page.Next;
        }
        return data;
    }

    private static async Task<PsmcVault> CreateAsync(RedisVaultOptions options)
    {
        using var key = Fixture.Key("psmc_active");
        await PsmcVault.CreateAsync(new RedisVaultStore(options), key, TestVault.Time, default);
        return await PsmcVault.OpenAsync(new RedisVaultStore(options), default);
    }

    /// <summary>A vault behind a proxy that does something to the next append.</summary>
    private sealed class Faulty : IAsyncDisposable
    {
        private readonly RedisPlaces _places;
        private RedisLink _link = null!;
        private int _next = (int)Passage.Forward;

        private Faulty(RedisPlaces places)
        {
            _places = places;
            Proxy = new RespProxy(places.Port, Decide);
        }

        public string Name { get; } = Guid.NewGuid().ToString("N");

        public RespProxy Proxy { get; }

        public PsmcVault Vault { get; private set; } = null!;

        public int Appends { get; private set; }

        /// <summary>What becomes of the next one; those after it pass.</summary>
        public Passage OnAppend
        {
            set => _next = (int)value;
        }

        /// <summary>Done once the next one was kept or cut.</summary>
        public Func<Task>? Meanwhile { get; set; }

        public static async Task<Faulty> StartAsync(RedisPlaces places, TimeSpan? budget = null)
        {
            var faulty = new Faulty(places);
            await (await CreateAsync(places.Options(faulty.Name))).DisposeAsync();
            faulty._link = RedisLink.Connect(faulty.Proxy.Configuration);
            faulty.Vault = await PsmcVault.OpenAsync(new RedisVaultStore(places.Options(faulty.Name, faulty._link) with { RetryBudget = budget ?? Long }), default);
            return faulty;
        }

        /// <summary>What Redis holds, seen past the proxy.</summary>
        public async Task CheckAsync(long count)
        {
            await using var vault = await PsmcVault.OpenAsync(new RedisVaultStore(_places.Options(Name)), default);
            var report = await new PsmcVerifier(vault.Log).RunAsync(null, null, default);
            (report.EventCount, report.FindingCount).ShouldBe((count, 0));
        }

        public async ValueTask DisposeAsync()
        {
            await Vault.DisposeAsync();
            _link.Dispose();
            Proxy.Dispose();
        }

        private Passage Decide(IReadOnlyList<string> command)
        {
            if (!command[0].StartsWith("EVAL", StringComparison.Ordinal) || !command.Any(part => part.EndsWith(":keys:order", StringComparison.Ordinal)))
                return Passage.Forward;
            Appends++;
            var passage = (Passage)Interlocked.Exchange(ref _next, (int)Passage.Forward);
            if (passage != Passage.Forward && Meanwhile is { } meanwhile)
                Task.Run(meanwhile).Wait();
            return passage;
        }
    }
}
