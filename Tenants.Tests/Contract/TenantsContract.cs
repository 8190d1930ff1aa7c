using Granary.Instana.Http;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Granary.Instana.Connections;
using Granary.Instana.Operations;

namespace Granary.Tenants.Tests.Contract;

/// <summary>What <see cref="ITenants"/> promises, wherever the activations run: the in-process host and an Orleans cluster keep it alike. Each test has a tenant of its own.</summary>
public abstract class TenantsContract(ITenants tenants, ContractBackend backend)
{
    private static readonly InstanaConnection Connection = new(new Uri("https://unit.instana.io"), new ApiTokenCredential("token"));

    private readonly TenantId _tenant = TenantId.Parse($"t{Guid.NewGuid():N}");

    private IVault this[string vault] => tenants.Vault(_tenant, VaultName.Parse(vault));

    private IInstana Instana => tenants.Instana(_tenant, Connection);

    [Fact]
    public async Task A_vault_tells_what_was_done_to_it()
    {
        var vault = this["team/notes"];
        var made = await vault.CreateAsync(default);
        (made.Vault, made.Format, made.EventCount).ShouldBe(("team/notes", "psmc", 0));
        var first = await vault.AppendAsync(Note("one") with { Tags = ["a", "b"], EmitProvara = true }, default);
        var second = await vault.AppendAsync(Note("two"), default);
        (first.Position, second.Position, first.Replayed).ShouldBe((0, 1, false));
        first.ProvaraEventId.ShouldNotBeNull();
        first.StateHash!.Length.ShouldBe(64);
        second.ProvaraEventId.ShouldBeNull();
        (await vault.GetHeadAsync(default)).ShouldBe(new VaultHead(2, second.Hash));
        var timeline = await vault.QueryTimelineAsync(new TimelineQuery { Limit = 1 }, default);
        using var line = JsonDocument.Parse(timeline.Events.Single());
        line.RootElement.GetProperty("id").GetString().ShouldBe(second.EventId);
        timeline.Truncated.ShouldBeFalse();
        (await vault.QueryTimelineAsync(new TimelineQuery { EventType = "none" }, default)).Events.ShouldBeEmpty();
        var report = await vault.VerifyAsync(null, default);
        (report.Valid, report.EventCount, report.Head, report.FindingCount).ShouldBe((true, 2, second.Hash, 0));
        using var list = JsonDocument.Parse((await vault.RunAsync(new VaultCall("list_events", """{"limit":1}"""u8.ToArray()), null, default)).Json);
        (list.RootElement.GetProperty("total").GetInt64(), list.RootElement.GetProperty("next_offset").GetInt64()).ShouldBe((2, 1));
    }

    [Fact]
    public async Task Words_are_found_in_what_was_appended()
    {
        await this["notes"].CreateAsync(default);
        await this["notes"].AppendAsync(Note("the first word"), default);
        var second = await this["notes"].AppendAsync(Note("another word"), default);
        using var found = JsonDocument.Parse((await this["notes"].RunAsync(new VaultCall("search_events", """{"query":"another"}"""u8.ToArray()), null, default)).Json);
        found.RootElement.GetProperty("hits").EnumerateArray().Select(hit => hit.GetProperty("event_id").GetString()).ShouldBe([second.EventId]);
    }

    [Fact]
    public async Task A_backpack_keeps_who_made_it_and_its_second_key()
    {
        var made = await this["pack"].CreateAsync(new VaultCreation { Format = "backpack", Actor = "ada", Uid = "u-1", Quorum = true }, default);
        (made.Format, made.Uid, made.EventCount).ShouldBe(("backpack", "u-1", 2));
        made.QuorumKeyId.ShouldNotBeNull();
        made.GenesisEventId.ShouldNotBeNull();
        made.MerkleRoot!.Length.ShouldBe(64);
        var receipt = await this["pack"].AppendAsync(
            new AppendEvent("OBSERVATION", """{"subject":"s","predicate":"p","value":1}"""u8.ToArray()) { Actor = "ada", Namespace = "local", Encrypt = true }, default);
        receipt.Position.ShouldBe(2);
        (await this["pack"].VerifyAsync(null, default)).Valid.ShouldBeTrue();
    }

    [Fact]
    public async Task A_failure_has_its_kind_and_a_sentence_and_changes_nothing()
    {
        (await FailureAsync(this["nobody"].VerifyAsync(null, default))).Failure.ShouldBe(TenantFailure.NotFound);
        (await FailureAsync(this["nobody"].AppendAsync(Note("x"), default))).Failure.ShouldBe(TenantFailure.NotFound);
        await this["notes"].CreateAsync(default);
        (await FailureAsync(this["notes"].CreateAsync(default))).Failure.ShouldBe(TenantFailure.AlreadyExists);
        await RefusedAsync(this["notes"].AppendAsync(new AppendEvent("note", "[]"u8.ToArray()), default), "data");
        await RefusedAsync(this["notes"].AppendAsync(new AppendEvent("note", """{"a":1,"a":2}"""u8.ToArray()), default), "a");
        await RefusedAsync(this["notes"].AppendAsync(new AppendEvent("", "{}"u8.ToArray()), default), "type");
        await RefusedAsync(this["notes"].RunAsync(new VaultCall("nonsense", default), null, default), "nonsense");
        await RefusedAsync(this["notes"].RunAsync(new VaultCall("list_events", "[]"u8.ToArray()), null, default), "object");
        await RefusedAsync(this["other"].CreateAsync(new VaultCreation { Format = "paper" }, default), "format");
        (await this["notes"].GetHeadAsync(default)).Count.ShouldBe(0);
        (await FailureAsync(this["other"].GetHeadAsync(default))).Failure.ShouldBe(TenantFailure.NotFound);
    }

    [Fact]
    public async Task A_repeat_with_its_key_returns_the_first_receipt_and_appends_nothing()
    {
        await this["notes"].CreateAsync(default);
        var first = await this["notes"].AppendAsync(Note("one") with { IdempotencyKey = "k" }, default);
        (await this["notes"].AppendAsync(Note("one") with { IdempotencyKey = "k" }, default)).ShouldBe(first with { Replayed = true });
        (await FailureAsync(this["notes"].AppendAsync(Note("two") with { IdempotencyKey = "k" }, default))).Failure.ShouldBe(TenantFailure.KeyReused);
        // A key that the gateway made for its own repeats does not show.
        var retried = await this["notes"].AppendAsync(Note("three") with { RetryKey = "r" }, default);
        (await this["notes"].AppendAsync(Note("three") with { RetryKey = "r" }, default)).ShouldBe(retried);
        (await this["notes"].GetHeadAsync(default)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Appends_at_once_have_positions_of_their_own_and_one_chain()
    {
        await this["notes"].CreateAsync(default);
        var receipts = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => this["notes"].AppendAsync(Note($"{i}"), default))));
        receipts.Select(receipt => receipt.Position).Order().ShouldBe(Enumerable.Range(0, 100).Select(i => (long)i));
        (await this["notes"].VerifyAsync(null, default)).ShouldSatisfyAllConditions(report => report.Valid.ShouldBeTrue(), report => report.EventCount.ShouldBe(100));
    }

    [Fact]
    public async Task Who_has_given_up_is_told_so_and_a_vault_stays_usable()
    {
        await this["notes"].CreateAsync(default);
        using var given = new CancellationTokenSource();
        await given.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => this["notes"].VerifyAsync(null, given.Token));
        await Should.ThrowAsync<OperationCanceledException>(() => this["notes"].AppendAsync(Note("never"), given.Token));
        (await this["notes"].AppendAsync(Note("one"), default)).Position.ShouldBe(0);
    }

    [Fact]
    public async Task Long_work_tells_how_far_it_has_come()
    {
        await this["notes"].CreateAsync(default);
        // A tenant has a bound of calls under way.
        foreach (var some in Enumerable.Range(0, 5000).Chunk(500))
            await Task.WhenAll(some.Select(i => this["notes"].AppendAsync(Note($"{i}"), default)));
        var seen = new Progress();
        (await this["notes"].VerifyAsync(seen, default)).EventCount.ShouldBe(5000);
        // How often depends on the machine; what is told only grows, and never beyond the whole.
        var told = seen.Values.Where(step => step.Total > 0).ToList();
        told.ShouldNotBeEmpty();
        told.ShouldAllBe(step => step.Total == 5000 && step.Done >= 0 && step.Done <= 5000);
        told.Select(step => step.Done).ShouldBeInOrder();
    }

    [Fact]
    public async Task Who_watches_hears_of_its_tenants_commits_and_of_no_others()
    {
        var (heard, others) = (new ConcurrentQueue<VaultCommitted>(), new ConcurrentQueue<VaultCommitted>());
        using var other = tenants.Watch(TenantId.Parse($"t{Guid.NewGuid():N}"), others.Enqueue);
        await this["notes"].CreateAsync(default);
        using var watch = tenants.Watch(_tenant, heard.Enqueue);
        // A hint may be missed until the subscription stands: an append that is told shows that it does.
        for (var head = 1; !heard.Any(commit => commit.Vault?.Value == "notes"); head++)
        {
            await this["notes"].AppendAsync(Note($"{head}"), default);
            await Task.Delay(10);
            head.ShouldBeLessThan(10_000);
        }
        var last = await this["notes"].AppendAsync(Note("last"), default);
        await WaitUntilAsync(() => heard.Any(commit => commit.Head == last.Position + 1));
        heard.ShouldAllBe(commit => commit.Tenant == _tenant);
        others.ShouldAllBe(commit => commit.Vault == null);
    }

    [Fact]
    public async Task Tenants_do_not_meet()
    {
        await this["notes"].CreateAsync(default);
        await this["notes"].AppendAsync(Note("mine"), default);
        var stranger = TenantId.Parse($"t{Guid.NewGuid():N}");
        var theirs = tenants.Vault(stranger, VaultName.Parse("notes"));
        (await FailureAsync(theirs.GetHeadAsync(default))).Failure.ShouldBe(TenantFailure.NotFound);
        (await tenants.ListVaultsAsync(stranger, new VaultListing(), default)).Vaults.ShouldBeEmpty();
        await theirs.CreateAsync(default);
        (await theirs.GetHeadAsync(default)).Count.ShouldBe(0);
        (await tenants.ListVaultsAsync(_tenant, new VaultListing(), default)).Vaults.ShouldBe([VaultName.Parse("notes")]);
        await Instana.CallAsync(Call("fast"), default);
        await tenants.Instana(stranger, Connection).CallAsync(Call("fast"), default);
        backend.Made.Count(made => made.Connection == Connection && (made.Tenant == _tenant || made.Tenant == stranger)).ShouldBe(2);
    }

    [Fact]
    public async Task An_Instana_call_brings_its_operation_there_and_its_answer_back()
    {
        var call = Call("echo") with { ResourceType = "metrics", Params = """{"a":1}"""u8.ToArray(), Tracking = new CallTracking("s", "7", null) };
        var answer = await Instana.CallAsync(call, default);
        answer.IsError.ShouldBeFalse();
        using var json = JsonDocument.Parse(answer.Json);
        json.RootElement.GetProperty("call").GetString().ShouldBe("""manage_events/metrics/echo {"a":1} CallTracking { Session = s, Request = 7, Client =  }""");
        (await Instana.CallAsync(Call("refused"), default)).IsError.ShouldBeTrue("a backend's refusal is a result");
    }

    [Fact]
    public async Task A_connection_is_made_once_for_each_address_and_credential()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Instana.CallAsync(Call("fast"), default))));
        backend.Made.Count(made => made.Tenant == _tenant).ShouldBe(1);
        await tenants.Instana(_tenant, Connection with { Credential = new ApiTokenCredential("another") }).CallAsync(Call("fast"), default);
        backend.Made.Count(made => made.Tenant == _tenant).ShouldBe(2);
    }

    [Fact]
    public async Task An_Instana_failure_keeps_its_kind_and_its_words()
    {
        var told = await FailureAsync(Instana.CallAsync(Call("busy"), default));
        (told.Failure, told.Message, told.RetryAfter).ShouldBe((TenantFailure.Busy, "The backend is busy.", TimeSpan.FromSeconds(7)));
    }

    [Fact]
    public async Task Who_gives_up_on_an_Instana_call_ends_it_there()
    {
        using var cancel = new CancellationTokenSource();
        var call = Instana.CallAsync(Call("endless"), cancel.Token);
        await WaitUntilAsync(() => backend.UnderWay(_tenant) == 1);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);
        await WaitUntilAsync(() => backend.UnderWay(_tenant) == 0);
    }

    private static InstanaCall Call(string operation) => new("manage_events", null, operation, default) { Deadline = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero) };

    private static AppendEvent Note(string text) => new("note", Encoding.UTF8.GetBytes($$"""{"text":"{{text}}"}"""));

    private static async Task<TenantException> FailureAsync(Task call) => await Should.ThrowAsync<TenantException>(() => call);

    private static async Task RefusedAsync(Task call, string names)
    {
        var refused = await FailureAsync(call);
        refused.Failure.ShouldBe(TenantFailure.InvalidInput);
        refused.Message.ShouldContain(names);
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!condition())
            await Task.Delay(10, limit.Token);
    }

    private sealed class Progress : IProgress<WorkProgress>
    {
        public ConcurrentQueue<WorkProgress> Values { get; } = new();

        public void Report(WorkProgress value) => Values.Enqueue(value);
    }
}
