using System.Text;
using System.Text.Json.Nodes;
using Granary.Gateway.Tests.Tools.Vaults;

namespace Granary.Gateway.Tests.Api;

/// <summary>The HTTP API of the managed service, over tenants that the test plays.</summary>
public sealed class VaultApiTests : FakeVaultTests
{
    private const string Id = "0b9bd0c7-6f0e-4a9c-9d59-1f2f5f6c7a11";

    [Fact]
    public async Task A_vault_is_created_under_a_fresh_uuid_and_remembers_its_name()
    {
        var (status, body) = await PostAsync("create", """{"name":"Ledger","description":"of the shop"}""");
        status.ShouldBe(201);
        var id = (string)body["vault_id"]!;
        Guid.ParseExact(id, "D").ShouldNotBe(Guid.Empty);
        ((bool)body["success"]!, (string)body["actor_id"]!, (string)body["genesis_hash"]!).ShouldBe((true, "bp1_0123456789abcdef", new string('b', 64)));
        (Tenants[id].Creation!.Format, Tenants[id].Creation!.Uid).ShouldBe(("backpack", id));
        Tenants[id].Calls.ShouldBe(["create", """append OBSERVATION {"subject":"vault","predicate":"name","value":"Ledger","confidence":1.0,"description":"of the shop"}"""]);
    }

    [Theory]
    [InlineData("""{"subject":"door","value":"open"}""", "OBSERVATION", """{"subject":"door","predicate":"observation","value":"open","confidence":1.0}""", null)]
    [InlineData("""{"type":"ASSERTION","subject":"d","predicate":"is","value":{"n":1.0},"confidence":0.25,"namespace":"canonical"}""", "ASSERTION", """{"subject":"d","predicate":"is","value":{"n":1.0},"confidence":0.25}""", "canonical")]
    [InlineData("""{"subject":"d","value":"5","confidence":"0.25","type":null}""", "OBSERVATION", """{"subject":"d","predicate":"observation","value":"5","confidence":0.25}""", null)]
    [InlineData("""{"subject":"d","value":null,"namespace":"managed"}""", "OBSERVATION", """{"subject":"d","predicate":"observation","value":null,"confidence":1.0}""", null)]
    public async Task An_event_becomes_a_real_one_with_a_payload(string body, string type, string payload, string? space)
    {
        var (status, answer) = await PostAsync($"{Id}/events", body, ("Idempotency-Key", "once"));
        status.ShouldBe(200);
        ((bool)answer["success"]!, (string)answer["event_id"]!, (string)answer["event_hash"]!).ShouldBe((true, "evt_1", new string('c', 64)));
        var append = Tenants[Id].LastAppend!;
        (append.EventType, Encoding.UTF8.GetString(append.Data.Span), append.Namespace, append.IdempotencyKey).ShouldBe((type, payload, space, "once"));
    }

    [Fact]
    public async Task Verification_has_three_outcomes()
    {
        Tenants[Id].Results["export_state"] = _ => """{"state_hash":"d"}""";
        var (_, valid) = await GetAsync($"{Id}/verify");
        ((bool)valid["success"]!, (string)valid["status"]!, (int)valid["event_count"]!, (string)valid["state_hash"]!).ShouldBe((true, "valid", 7, "d"));
        foreach (var (rule, status) in new[] { ("event.sig", "compromised"), ("files.missing", "invalid") })
        {
            Tenants[Id].Report = new(false, 7, new string('a', 64), [new(1, rule, "It is not as it was.")], 1);
            var (code, answer) = await GetAsync($"{Id}/verify");
            (code, (bool)answer["success"]!, (string)answer["status"]!).ShouldBe((200, false, status));
            ((string)answer["findings"]![0]!).ShouldContain(rule);
        }
    }

    [Fact]
    public async Task A_vault_is_described()
    {
        Tenants[Id].Results["vault_status"] = _ => """{"format":"backpack","created":"t","key_id":"k","event_count":3,"head":"h"}""";
        Tenants[Id].Results["list_events"] = _ => """{"events":[{"payload":{"subject":"vault","predicate":"name","value":"Ledger","description":"d"}}]}""";
        var (status, answer) = await GetAsync(Id);
        status.ShouldBe(200);
        ((string)answer["name"]!, (string)answer["description"]!, (int)answer["event_count"]!, (string)answer["format"]!).ShouldBe(("Ledger", "d", 3, "backpack"));
    }

    [Theory]
    [InlineData("create", "{}", 400, "name")]
    [InlineData("create", "[1]", 400, "object")]
    [InlineData("create", "{", 400, "not JSON")]
    [InlineData("create", """{"name":""}""", 400, "name")]
    [InlineData("not-a-uuid/events", """{"subject":"s","value":1}""", 400, "UUID")]
    [InlineData("..%2Fx/events", """{"subject":"s","value":1}""", 400, "UUID")]
    [InlineData($"{Id}/events", """{"value":1}""", 400, "subject")]
    [InlineData($"{Id}/events", """{"subject":"s"}""", 400, "value")]
    [InlineData($"{Id}/events", """{"subject":"s","value":1,"confidence":2}""", 400, "confidence")]
    [InlineData($"{Id}/events", """{"subject":"s","value":1,"namespace":"x"}""", 400, "namespace")]
    [InlineData($"{Id}/events", """{"subject":"s","value":1,"confidance":0.5}""", 400, "did you mean 'confidence'?")]
    [InlineData($"{Id}/events", """{"subject":"s","value":1,"idempotency_key":"once"}""", 400, "idempotency_key is an unknown property")]
    [InlineData("create", """{"name":"n","descripton":"d"}""", 400, "did you mean 'description'?")]
    [InlineData($"{Id}/events?namespace=local", """{"subject":"s","value":1}""", 400, "The query of this path has no argument 'namespace'. It takes none.")]
    [InlineData($"{Id}/elsewhere", "{}", 404, null)]
    public async Task What_cannot_be_used_is_refused_in_json(string path, string body, int status, string? sentence)
    {
        var (code, answer) = await PostAsync(path, body);
        code.ShouldBe(status, answer.ToJsonString());
        if (sentence is not null)
        {
            ((bool)answer["success"]!).ShouldBeFalse();
            ((string)answer["detail"]!).ShouldContain(sentence);
        }
        Tenants.Used.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_vault_that_is_not_there_is_a_404()
    {
        Tenants[Id].IsMissing = true;
        (await GetAsync($"{Id}/verify")).Status.ShouldBe(404);
        (await PostAsync($"{Id}/events", """{"subject":"s","value":1}""")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_page_of_a_stranger_is_refused()
    {
        using var request = Http.Request(HttpMethod.Get, $"/api/v1/vaults/{Id}", ("Origin", "https://evil.example"));
        (await Http.SendAsync(request)).Status.ShouldBe(403);
    }

    private async Task<(int Status, JsonObject Body)> PostAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        using var request = Http.Request(HttpMethod.Post, $"/api/v1/vaults/{path}", headers);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        var answer = await Http.SendAsync(request);
        return (answer.Status, answer.Message);
    }

    private async Task<(int Status, JsonObject Body)> GetAsync(string path)
    {
        var answer = await Http.GetAsync($"/api/v1/vaults/{path}");
        answer.MediaType.ShouldBe("application/json");
        return (answer.Status, answer.Message);
    }
}
