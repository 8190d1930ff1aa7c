using System.Text;
using Granary.Grains.Redis;
using Granary.Tenants.Hosting;
using Granary.Tenants.Tests.Support;
using Granary.Testing.Redis;
using Granary.Vault.Redis;
using Granary.Vault.Redis.Archive;
using Granary.Vault.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Tenants.Tests.Hosting.Redis;

/// <summary>Full segments of a cluster's vaults go to a folder, and nobody who uses the vaults sees a difference.</summary>
public sealed class ArchiveScheduleTests : IDisposable
{
    private const string Vault = "team/notes";
    private const string Secret = "secret-7731";

    private readonly RedisServer _server = new("--appendfsync everysec");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-archive");

    [Fact]
    public async Task What_was_full_at_the_last_pass_leaves_and_the_vault_is_read_verified_and_exported_as_before()
    {
        await using var tenants = new RedisTenants(_server.Configuration, archive: NewArchive());
        await FillAsync(tenants, 2500);
        var before = await LastAsync(tenants);
        var schedule = Schedule(tenants, () => true);
        await schedule.PassAsync(default);
        Objects().ShouldBeEmpty();
        await schedule.PassAsync(default);
        Objects().Select(name => name.Split('/')[^1][..15]).ShouldBe(["chain-00000000-", "chain-00000001-", "events-00000000", "events-00000001"]);
        Objects().ShouldAllBe(name => name.StartsWith("default/team%2Fnotes/", StringComparison.Ordinal));
        // Another process, that has nothing in memory.
        await using var other = new RedisTenants(_server.Configuration, archive: NewArchive());
        (await other[Vault].VerifyAsync(null, default)).ShouldSatisfyAllConditions(report => report.Valid.ShouldBeTrue(), report => report.EventCount.ShouldBe(2500));
        (await LastAsync(other)).ShouldBe(before);
        var exported = await new RedisMaintenance(other.Link, other.Settings).ExportAsync(TenantId.Default, VaultName.Parse(Vault), Path.Combine(_folder.FullName, "out"), secrets: false, default);
        exported.ShouldBe(new ExportedVault(true, 2500));
    }

    [Fact]
    public async Task A_silo_whose_turn_it_is_not_moves_nothing()
    {
        await using var tenants = new RedisTenants(_server.Configuration, archive: NewArchive());
        await FillAsync(tenants, 1100);
        var schedule = Schedule(tenants, () => false);
        await schedule.PassAsync(default);
        await schedule.PassAsync(default);
        Objects().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_archive_that_is_away_leaves_everything_where_it_is_and_is_tried_again()
    {
        await using var tenants = new RedisTenants(_server.Configuration, archive: NewArchive());
        await FillAsync(tenants, 1100);
        var schedule = Schedule(tenants, () => true);
        Directory.Delete(Place);
        await schedule.PassAsync(default);
        await schedule.PassAsync(default);
        (await tenants[Vault].VerifyAsync(null, default)).Valid.ShouldBeTrue();
        Directory.CreateDirectory(Place);
        await schedule.PassAsync(default);
        await schedule.PassAsync(default);
        Objects().Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_held_vault_loses_no_object_however_old_and_what_waited_goes_once_the_hold_is_lifted()
    {
        await using var tenants = new RedisTenants(_server.Configuration, archive: NewArchive());
        var held = await SealAsync(tenants, "notes/2026");
        var free = await SealAsync(tenants, "other");
        foreach (var (vault, target) in ((string, string)[])[("notes/2026", held), ("other", free)])
            await tenants[vault].RunAsync("redact_event", $$"""{"event_id":"{{target}}","reason":"LEGAL_ORDER"}""");
        var all = Objects();
        all.Count.ShouldBe(4);
        var gone = all.Single(name => name.StartsWith("default/other/", StringComparison.Ordinal) && SaysIt(name));
        await Sweeping(tenants, LegalHolds.Parse(["acme", "default/notes*"])).PassAsync(default);
        Objects().ShouldBe(all.Except([gone]));
        await Sweeping(tenants, LegalHolds.None).PassAsync(default);
        Objects().Count.ShouldBe(2);
        Objects().ShouldAllBe(name => !SaysIt(name));
        (await tenants["notes/2026"].VerifyAsync(null, default)).Valid.ShouldBeTrue();
    }

    [Fact]
    public async Task An_archive_that_deletes_nothing_is_told_as_that_and_segments_go_on_leaving()
    {
        await using var tenants = new RedisTenants(_server.Configuration, archive: new SealedSegments(new Undeletable(new FolderArchive(Directory.CreateDirectory(Place).FullName))));
        var target = await SealAsync(tenants, "notes");
        await tenants["notes"].RunAsync("redact_event", $$"""{"event_id":"{{target}}","reason":"LEGAL_ORDER"}""");
        await AppendAsync(tenants, "notes", 1000);
        var log = new CapturedLog();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        var schedule = Sweeping(tenants, LegalHolds.None, loggers.CreateLogger<ArchiveSchedule>());
        await schedule.PassAsync(default);
        await schedule.PassAsync(default);
        Objects().Count(name => name.Contains("/events-00000001-", StringComparison.Ordinal)).ShouldBe(1);
        log.Lines.ShouldNotBeEmpty();
        log.Lines.ShouldAllBe(line => line.StartsWith("Objects that vault notes of tenant default names no more stay in the archive for now: Not permitted.", StringComparison.Ordinal));
    }

    [RealRedisFact]
    public async Task On_a_Redis_Cluster_vaults_of_every_node_are_sealed_redacted_swept_verified_and_exported()
    {
        using var nodes = new RedisClusterNodes();
        await using var tenants = new RedisTenants(nodes.Configuration, archive: NewArchive());
        // Enough for each of the three to have one.
        string[] vaults = ["a", "b", "c", "d", "e", "f"];
        foreach (var vault in vaults)
        {
            var target = await SealAsync(tenants, vault);
            await tenants[vault].RunAsync("redact_event", $$"""{"event_id":"{{target}}","reason":"LEGAL_ORDER"}""");
        }
        vaults.Select(vault => tenants.Link.Connection.GetHashSlot($"granary:{{default/{vault}}}:head") * 3 / 16384).Distinct().Count().ShouldBe(3);
        Objects().Count.ShouldBe(12);
        await Sweeping(tenants, LegalHolds.None).PassAsync(default);
        Objects().Count.ShouldBe(6);
        Objects().ShouldAllBe(name => !SaysIt(name));
        await using var other = new RedisTenants(nodes.Configuration, archive: NewArchive());
        foreach (var vault in vaults)
        {
            (await other[vault].VerifyAsync(null, default)).ShouldSatisfyAllConditions(report => report.Valid.ShouldBeTrue(), report => report.EventCount.ShouldBe(1103));
            var exported = await new RedisMaintenance(other.Link, other.Settings).ExportAsync(TenantId.Default, VaultName.Parse(vault), Path.Combine(_folder.FullName, vault), secrets: false, default);
            exported.ShouldBe(new ExportedVault(true, 1103));
        }
    }

    public void Dispose()
    {
        _server.Dispose();
        _folder.Delete(recursive: true);
    }

    private string Place => Path.Combine(_folder.FullName, "archive");

    private SealedSegments NewArchive() => new(new FolderArchive(Directory.CreateDirectory(Place).FullName));

    private static ArchiveSchedule Schedule(RedisTenants tenants, Func<bool> isMine) =>
        new(tenants.Vaults, ArchivePolicy.Usual, isMine, TimeProvider.System, NullLogger<ArchiveSchedule>.Instance);

    /// <summary>Nothing is too young to be deleted.</summary>
    private static ArchiveSchedule Sweeping(RedisTenants tenants, LegalHolds holds, ILogger<ArchiveSchedule>? log = null) =>
        new(tenants.Vaults, ArchivePolicy.Usual with { Keep = TimeSpan.FromSeconds(-1) }, () => true, TimeProvider.System, log ?? NullLogger<ArchiveSchedule>.Instance) { Holds = holds };

    /// <summary>A vault whose only full segment is in the archive, with a secret in it; returns the secret's event.</summary>
    private static async Task<string> SealAsync(RedisTenants tenants, string vault)
    {
        await tenants[vault].CreateAsync(new VaultCreation { Format = "backpack" }, default);
        var target = await tenants[vault].AppendAsync(Observation(Secret), default);
        await AppendAsync(tenants, vault, 1099);
        (await tenants.Vaults.Sealer(TenantId.Default, VaultName.Parse(vault)).SealAsync(FullSegments.All, default)).ShouldBe(1);
        return target.EventId;
    }

    private static async Task AppendAsync(RedisTenants tenants, string vault, int events)
    {
        for (var left = events; left > 0; left -= 500)
            await Task.WhenAll(Enumerable.Range(0, Math.Min(left, 500)).Select(i => tenants[vault].AppendAsync(Observation($"s{i}"), default)));
    }

    private static AppendEvent Observation(string subject) => new("OBSERVATION", Encoding.UTF8.GetBytes($$"""{"subject":"{{subject}}","predicate":"is","value":1}"""));

    private bool SaysIt(string name) => File.ReadAllText(Path.Combine(Place, name)).Contains(Secret, StringComparison.Ordinal);

    private static async Task FillAsync(RedisTenants tenants, int events)
    {
        await tenants[Vault].CreateAsync(default);
        for (var left = events; left > 0; left -= 500)
            await Task.WhenAll(Enumerable.Range(0, Math.Min(left, 500)).Select(_ => tenants[Vault].AppendAsync(TestTenants.Note(), default)));
    }

    private static async Task<List<string>> LastAsync(RedisTenants tenants) =>
        [.. (await tenants[Vault].QueryTimelineAsync(new TimelineQuery { Limit = 2000 }, default)).Events.Select(line => Encoding.UTF8.GetString(line.Span))];

    private List<string> Objects() =>
        [.. Directory.EnumerateFiles(Place, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Place, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    private sealed class Undeletable(ISegmentArchive archive) : ISegmentArchive
    {
        public Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) => archive.PutAsync(name, content, cancellation);

        public Task<ReadOnlyMemory<byte>?> GetAsync(string name, CancellationToken cancellation) => archive.GetAsync(name, cancellation);

        public Task DeleteAsync(string name, CancellationToken cancellation) => throw new VaultStorageException(VaultStorageFailure.Refused, "Not permitted.");
    }
}
