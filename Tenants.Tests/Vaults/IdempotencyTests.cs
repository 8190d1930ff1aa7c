using Granary.Tenants.Tests.Support;

namespace Granary.Tenants.Tests.Vaults;

public sealed class IdempotencyTests
{
    [Fact]
    public async Task A_repeat_returns_the_first_receipt_even_after_a_restart()
    {
        await using var tenants = new TestTenants();
        await tenants["notes"].CreateAsync(default);
        var append = TestTenants.Note("""{"subject":"s"}""", key: "k-1", bridge: true);
        var first = await tenants["notes"].AppendAsync(append, default);
        (await tenants["notes"].AppendAsync(append, default)).ShouldBe(first with { Replayed = true });
        await tenants.Host.DisposeAsync();

        await using var again = new TestTenants(folder: tenants.Folder);
        (await again["notes"].AppendAsync(append, default)).ShouldBe(first with { Replayed = true });
        (await again["notes"].VerifyAsync(null, default)).EventCount.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_content_in_other_words_is_a_repeat()
    {
        await using var tenants = new TestTenants();
        await tenants["notes"].CreateAsync(default);
        await tenants["notes"].AppendAsync(TestTenants.Note("""{"a":1,"b":2}""", key: "k"), default);
        (await tenants["notes"].AppendAsync(TestTenants.Note("""{ "b": 2, "a": 1 }""", key: "k"), default)).Replayed.ShouldBeTrue();
    }

    [Fact]
    public async Task Other_content_under_the_same_key_is_refused()
    {
        await using var tenants = new TestTenants();
        await tenants["notes"].CreateAsync(default);
        await tenants["notes"].AppendAsync(TestTenants.Note("""{"a":1}""", key: "k"), default);
        var failure = await Should.ThrowAsync<TenantException>(() => tenants["notes"].AppendAsync(TestTenants.Note("""{"a":1.0}""", key: "k"), default));
        failure.Failure.ShouldBe(TenantFailure.KeyReused);
        (await tenants["notes"].VerifyAsync(null, default)).EventCount.ShouldBe(1);
    }

    [Fact]
    public async Task Repeats_at_the_same_time_append_once()
    {
        await using var tenants = new TestTenants();
        await tenants["notes"].CreateAsync(default);
        var receipts = await Task.WhenAll(Enumerable.Range(0, 100).Select(i =>
            Task.Run(() => tenants["notes"].AppendAsync(TestTenants.Note(key: $"k-{i % 5}"), default))));
        receipts.Count(receipt => !receipt.Replayed).ShouldBe(5);
        receipts.Select(receipt => receipt.Position).Distinct().Count().ShouldBe(5);
        (await tenants["notes"].VerifyAsync(null, default)).EventCount.ShouldBe(5);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("ü")]
    public async Task A_malformed_key_is_refused(string key)
    {
        await using var tenants = new TestTenants();
        var failure = await Should.ThrowAsync<TenantException>(() => tenants["notes"].AppendAsync(TestTenants.Note(key: key), default));
        failure.Failure.ShouldBe(TenantFailure.InvalidInput);
        failure.Message.ShouldContain("idempotency_key");
    }
}
