using Granary.Gateway.Tests.EndToEnd;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Tools.Vaults;

/// <summary>Two keys, two tenants, one name: two vaults that know nothing of each other.</summary>
public sealed class TenantTests
{
    [Fact]
    public async Task The_same_name_under_two_keys_is_two_vaults()
    {
        using var keys = new KeysFile();
        var (left, right) = (keys.Add("left", "*"), keys.Add("right", "*"));
        await using var gateway = await RunningGateway.StartAsync(o => o with { ApiKeyFile = keys.Path });
        using var ofLeft = gateway.NewClient(("Authorization", $"Bearer {left}"));
        using var ofRight = gateway.NewClient(("X-API-Key", right));
        var created = (await ofLeft.CallAsync("init_vault", """{"vault_path":"notes"}""")).Success();

        (await ofRight.CallAsync("query_timeline", """{"vault_path":"notes"}""")).FailureObject().GetProperty("code").GetString().ShouldBe("not_found");
        (await ofRight.CallAsync("query_timeline", """{"vault_path":"left/notes"}""")).FailureObject().GetProperty("code").GetString().ShouldBe("not_found");
        var other = (await ofRight.CallAsync("init_vault", """{"vault_path":"notes"}""")).Success();
        other.GetProperty("public_key").GetString().ShouldNotBe(created.GetProperty("public_key").GetString());

        await Task.WhenAll(Enumerable.Range(0, 20).SelectMany(i => new[] { AppendAsync(ofLeft, "left", i), AppendAsync(ofRight, "right", i) }));
        foreach (var (client, owner) in new[] { (ofLeft, "left"), (ofRight, "right") })
        {
            var events = (await client.CallAsync("query_timeline", """{"vault_path":"notes"}""")).Success().GetProperty("events").EnumerateArray().ToList();
            events.Count.ShouldBe(20);
            events.ShouldAllBe(e => e.GetProperty("data").GetProperty("owner").GetString() == owner);
            (await client.CallAsync("verify_chain", """{"vault_path":"notes"}""")).Success().GetProperty("valid").GetBoolean().ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_key_that_may_only_read_cannot_create_or_append_and_no_key_gets_nothing()
    {
        using var keys = new KeysFile();
        var (writer, reader) = (keys.Add("team", "vault:write"), keys.Add("team", "vault:read"));
        await using var gateway = await RunningGateway.StartAsync(o => o with { ApiKeyFile = keys.Path });
        using var ofWriter = gateway.NewClient(("X-API-Key", writer));
        using var ofReader = gateway.NewClient(("X-API-Key", reader));
        (await ofWriter.CallAsync("init_vault", """{"vault_path":"notes"}""")).Success();
        (await ofReader.CallAsync("init_vault", """{"vault_path":"more"}""")).Refusal().ShouldContain("vault:write");
        (await ofReader.CallAsync("append_event", """{"vault_path":"notes","event_type":"note","data":{}}""")).Refusal().ShouldContain("vault:append");
        (await ofReader.CallAsync("query_timeline", """{"vault_path":"notes"}""")).Success().GetProperty("events").GetArrayLength().ShouldBe(0);
        (await gateway.Client.CallAsync("query_timeline", """{"vault_path":"notes"}""")).Status.ShouldBe(401);
    }

    // One idempotency key for both: it too belongs to a vault of a tenant.
    private static async Task AppendAsync(ToolClient client, string owner, int i) =>
        (await client.CallAsync("append_event", $$"""{"vault_path":"notes","event_type":"note","data":{"owner":"{{owner}}","i":{{i}}},"idempotency_key":"k{{i}}"}"""))
            .Success().GetProperty("replayed").GetBoolean().ShouldBeFalse();
}
