using System.Security.Cryptography;
using System.Text;
using Granary.Testing.Redis;
using Granary.Vault.Keys;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Bridge;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Psmc.Verification;
using Granary.Vault.Redis.Tests.Support;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;
using StackExchange.Redis;

namespace Granary.Vault.Redis.Tests;

/// <summary>How a vault is stored in Redis.</summary>
public sealed class RedisVaultTests(RedisPlaces places) : IClassFixture<RedisPlaces>
{
    [RealRedisFact]
    public async Task All_keys_of_a_vault_share_one_hash_tag_and_the_private_key_is_nowhere_readable()
    {
        var name = $"acme/{Guid.NewGuid():N}%2Fnotes";
        await using var vault = await CreateAsync(places.Options(name));
        await TestVault.AppendAsync(vault, 3, "k", await PsmcBridge.LoadAsync(vault.Log, default));
        var keys = await KeysAsync(name);
        keys.ShouldBe(
            new[] { "bridge:0", "chain:0", "docs", "events:0", "head", "keys", "keys:order", "secrets" }.Select(key => $"granary:{{{name}}}:{key}"));
        foreach (var key in keys)
        {
            var dump = Encoding.Latin1.GetString((byte[])(await places.Link.Database.ExecuteAsync("DUMP", (RedisKey)key))!);
            dump.ShouldNotContain("PRIVATE KEY");
            dump.ShouldNotContain("MC4CAQAwBQYDK2VwBCIEI");
        }
    }

    [Fact]
    public async Task A_wrapped_key_that_is_copied_into_another_vault_does_not_open_there()
    {
        var (one, other) = (places.NewName(), places.NewName());
        await (await CreateAsync(places.Options(one))).DisposeAsync();
        await (await CreateAsync(places.Options(other))).DisposeAsync();
        foreach (var hash in (string[])["docs", "secrets"])
        {
            var entries = await places.Link.Database.HashGetAllAsync($"granary:{{{one}}}:{hash}");
            await places.Link.Database.HashSetAsync($"granary:{{{other}}}:{hash}", entries);
        }
        var failure = await Should.ThrowAsync<VaultStorageException>(() => PsmcVault.OpenAsync(new RedisVaultStore(places.Options(other)), default));
        failure.Failure.ShouldBe(VaultStorageFailure.Damaged);
        failure.Message.ShouldContain("another vault");
    }

    [Fact]
    public async Task Another_key_encryption_key_gives_a_clear_error_and_a_ring_that_has_both_opens()
    {
        var (first, second) = (NewKey(), NewKey());
        using var before = KeyRing.Parse(first);
        using var wrong = KeyRing.Parse(second);
        using var rotated = KeyRing.Parse($"{second},{first}");
        var options = places.Options(places.NewName()) with { Keys = before };
        await (await CreateAsync(options)).DisposeAsync();
        var failure = await Should.ThrowAsync<VaultStorageException>(() => PsmcVault.OpenAsync(new RedisVaultStore(options with { Keys = wrong }), default));
        failure.Message.ShouldContain("not among the 1 configured");
        failure.Message.ShouldNotContain(first);
        await using var vault = await PsmcVault.OpenAsync(new RedisVaultStore(options with { Keys = rotated }), default);
        await TestVault.AppendAsync(vault, 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Written_out_it_is_byte_for_byte_the_folder_of_the_file_store(bool secrets)
    {
        using var folder = new TestFolder();
        await TestVault.CreateAsync(folder);
        await using var onFiles = await TestVault.OpenAsync(folder);
        var options = places.Options(places.NewName());
        await using var inRedis = await CreateAsync(options);
        var bridge = await PsmcBridge.LoadAsync(onFiles.Log, default);
        foreach (var bridged in (bool[])[true, false, false])
        {
            var entries = await TestVault.AppendAsync(onFiles, 700, null, bridged ? bridge : null);
            (await inRedis.Log.AppendAsync(inRedis.Log.Head, entries, default)).ShouldBeOfType<AppendOutcome.Appended>();
        }
        await bridge.WriteStateAsync(onFiles.Log, default);
        await bridge.WriteStateAsync(inRedis.Log, default);
        var target = Path.Combine(folder.Path, "out", "notes");
        // What an export that was killed left behind is not part of this one.
        Directory.CreateDirectory(Path.Combine(target + ".part", "old"));
        await new RedisVaultStore(options).ExportAsync(target, secrets, default);
        Directory.Exists(target + ".part").ShouldBeFalse();
        var expected = Files(folder.Vault).Where(file => secrets || file != "keys/active.pem").ToList();
        Files(target).ShouldBe(expected);
        foreach (var file in expected)
            File.ReadAllBytes(Path.Combine(target, file)).ShouldBe(File.ReadAllBytes(Path.Combine(folder.Vault, file)), file);
        if (secrets && !OperatingSystem.IsWindows())
            File.GetUnixFileMode(Path.Combine(target, "keys", "active.pem")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await Should.ThrowAsync<IOException>(() => new RedisVaultStore(options).ExportAsync(target, secrets, default));
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(3000)]
    public async Task A_birth_of_any_length_is_there_whole_and_can_be_continued(int events)
    {
        using var key = Fixture.Key("psmc_active");
        var options = places.Options(places.NewName());
        var birth = Birth(key, events);
        await new RedisVaultStore(options).CreateAsync(birth, default);
        await using (var vault = await PsmcVault.OpenAsync(new RedisVaultStore(options), default))
        {
            await TestVault.AppendAsync(vault, 2);
            vault.Log.Head.Count.ShouldBe(events + 2);
            (await new PsmcVerifier(vault.Log).RunAsync(null, null, default)).Valid.ShouldBeTrue();
        }
        (await Should.ThrowAsync<VaultStorageException>(() => new RedisVaultStore(options).CreateAsync(birth, default))).Failure.ShouldBe(VaultStorageFailure.AlreadyExists);
        (await StagedAsync(options.Name)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_long_birth_that_breaks_off_leaves_no_vault_and_what_it_wrote_expires()
    {
        using var key = Fixture.Key("psmc_active");
        var options = places.Options(places.NewName());
        var birth = Birth(key, 3000) with { Mark = "mark" };
        var layout = new RedisLayout("granary", options.Name);
        // Somebody else's lines under a key of this birth: not what it wrote, so it stops.
        await places.Link.Database.ListRightPushAsync(layout.Staged("mark", LogStream.Chain, 1), ["x", "y"]);
        var failure = await Should.ThrowAsync<VaultStorageException>(() => new RedisVaultStore(options).CreateAsync(birth, default));
        failure.Message.ShouldContain("nothing was made");
        (await Should.ThrowAsync<VaultStorageException>(() => new RedisVaultStore(options).OpenAsync(default))).Failure.ShouldBe(VaultStorageFailure.NotFound);
        var staged = await StagedAsync(options.Name);
        staged.ShouldNotBeEmpty();
        foreach (var left in staged)
            (await places.Link.Database.KeyTimeToLiveAsync(left)).ShouldNotBeNull().ShouldBeLessThanOrEqualTo(TimeSpan.FromHours(1));
        // Once they are gone, the same birth succeeds.
        await places.Link.Database.KeyDeleteAsync([.. staged.Select(left => (RedisKey)left)]);
        await new RedisVaultStore(options).CreateAsync(birth, default);
        // A birth whose answer was lost is sent again, and finds itself.
        await new RedisVaultStore(options).CreateAsync(birth, default);
        await using var vault = await PsmcVault.OpenAsync(new RedisVaultStore(options), default);
        vault.Log.Head.Count.ShouldBe(3000);
    }

    [Fact]
    public async Task A_vault_whose_last_lines_are_gone_is_found_damaged_and_takes_no_events()
    {
        var options = places.Options(places.NewName());
        await using (var vault = await CreateAsync(options))
        {
            await TestVault.AppendAsync(vault, 10);
            await places.Link.Database.ListRightPopAsync($"granary:{{{options.Name}}}:events:0");
            var entries = TestVault.Build(vault, 1);
            (await Should.ThrowAsync<VaultStorageException>(() => vault.Log.AppendAsync(vault.Log.Head, entries, default))).Failure.ShouldBe(VaultStorageFailure.Damaged);
        }
        await using var again = await PsmcVault.OpenAsync(new RedisVaultStore(options), default);
        again.Log.Findings.ShouldHaveSingleItem().Position.ShouldBe(9);
        (await Should.ThrowAsync<VaultStorageException>(() => TestVault.AppendAsync(again, 1))).Message.ShouldContain("missing at its end");
        (await new PsmcVerifier(again.Log).RunAsync(null, null, default)).Valid.ShouldBeFalse();
    }

    [Fact]
    public async Task What_a_newer_version_or_another_format_wrote_is_refused_with_a_sentence()
    {
        var options = places.Options(places.NewName());
        await (await CreateAsync(options)).DisposeAsync();
        (await Should.ThrowAsync<VaultStorageException>(() => new RedisVaultStore(options with { Formats = [] }).OpenAsync(default))).Message.ShouldContain("format psmc");
        await places.Link.Database.HashSetAsync($"granary:{{{options.Name}}}:head", [new HashEntry("layout", 3)]);
        (await Should.ThrowAsync<VaultStorageException>(() => new RedisVaultStore(options).OpenAsync(default))).Message.ShouldContain("layout 3");
    }

    [Fact]
    public async Task Retry_keys_are_kept_on_their_own_in_small_number_and_for_a_short_while()
    {
        var options = places.Options(places.NewName()) with { IdempotencyKeys = 5, RetryKeys = 3, RetryKeyLifetime = TimeSpan.FromSeconds(4) };
        await using var vault = await CreateAsync(options);
        await TestVault.AppendAsync(vault, 4, "client");
        var entries = TestVault.Build(vault, 5, IdempotencyClaim.RetryMark + "retry");
        entries[2] = entries[2] with { Claim = entries[2].Claim! with { Key = "client-late" } };
        (await vault.Log.AppendAsync(vault.Log.Head, entries, default)).ShouldBeOfType<AppendOutcome.Appended>();
        var retry = (int n) => $"{IdempotencyClaim.RetryMark}retry{n}";
        (await vault.Log.FindKeyAsync(retry(0), default)).ShouldBeNull();
        (await vault.Log.FindKeyAsync(retry(1), default)).ShouldNotBeNull().Position.ShouldBe(5);
        (await vault.Log.FindKeyAsync("client0", default)).ShouldNotBeNull();
        (await vault.Log.FindKeyAsync("client-late", default)).ShouldNotBeNull().Position.ShouldBe(6);
        var repeat = TestVault.Build(vault, 2, IdempotencyClaim.RetryMark + "other");
        repeat[1] = repeat[1] with { Claim = repeat[1].Claim! with { Key = retry(4) } };
        (await vault.Log.AppendAsync(vault.Log.Head, repeat, default)).ShouldBeOfType<AppendOutcome.KeyTaken>().Index.ShouldBe(1);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await vault.Log.FindKeyAsync(retry(4), limit.Token) is not null)
            await Task.Delay(20, limit.Token);
        (await vault.Log.FindKeyAsync("client3", default)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a{b")]
    [InlineData("a}b")]
    public void A_name_that_would_move_the_hash_tag_is_refused(string name) => Should.Throw<ArgumentException>(() => new RedisLayout("granary", name));

    private static VaultBirth Birth(Granary.Vault.Keys.SigningKey key, int events)
    {
        var builder = new PsmcEntryBuilder(key);
        var (head, entries) = (LogHead.Empty, new List<LogEntry>());
        for (var i = 0; i < events; i++)
        {
            var prepared = PreparedEvent.Create("note", Encoding.UTF8.GetBytes($$"""{"n":{{i}}}"""), null, emitBridge: false);
            entries.Add(builder.Build(prepared, head, Guid.NewGuid(), TestVault.Time.AddSeconds(i), null).Entry);
            head = new LogHead(i + 1, entries[^1].Hash);
        }
        return PsmcVault.NewBirth(key, TestVault.Time) with { Entries = entries };
    }

    private async Task<List<string>> StagedAsync(string name)
    {
        var found = new List<string>();
        await foreach (var key in places.Link.Database.Multiplexer.GetServers()[0].KeysAsync(pattern: $"granary:*{name}*birth:*"))
            found.Add(key!);
        return found;
    }

    private static async Task<PsmcVault> CreateAsync(RedisVaultOptions options)
    {
        using var key = Fixture.Key("psmc_active");
        await PsmcVault.CreateAsync(new RedisVaultStore(options), key, TestVault.Time, default);
        return await PsmcVault.OpenAsync(new RedisVaultStore(options), default);
    }

    private async Task<List<string>> KeysAsync(string name)
    {
        var keys = (RedisValue[])(await places.Link.Database.ExecuteAsync("KEYS", $"*{name}*"))!;
        return [.. keys.Select(key => (string)key!).Order(StringComparer.Ordinal)];
    }

    private static List<string> Files(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal)];

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyRing.KeyLength));
}
