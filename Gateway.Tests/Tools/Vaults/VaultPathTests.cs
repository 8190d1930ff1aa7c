using Granary.Gateway.Tests.EndToEnd;

namespace Granary.Gateway.Tests.Tools.Vaults;

/// <summary>Which names of vaults are taken and which are refused; nothing ever lands outside the tenant.</summary>
[Trait("Kind", "Hostile")]
public sealed class VaultPathTests
{
    [Theory]
    [InlineData("/app/vault", "app/vault")]
    [InlineData("./vault", "vault")]
    [InlineData("team/notes", "team/notes")]
    [InlineData("~/x", "x")]
    [InlineData("//deep//er///still/", "deep/er/still")]
    [InlineData("a/./b", "a/b")]
    [InlineData("naïve/ученик/谷", "naïve/ученик/谷")]
    [InlineData("with space.and.dots", "with space.and.dots")]
    [InlineData(".hidden", ".hidden")]
    [InlineData("%2E%2E", "%2E%2E")]
    public async Task A_path_names_a_vault_inside_the_tenant_whatever_it_looks_like(string path, string name)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var quoted = System.Text.Json.JsonSerializer.Serialize(path);
        var created = (await gateway.Client.CallAsync("init_vault", $$"""{"vault_path":{{quoted}}}""")).Success();
        created.GetProperty("vault").GetString().ShouldBe(name);
        (await gateway.Client.CallAsync("append_event", $$$"""{"vault_path":{{{quoted}}},"event_type":"note","data":{}}""")).Success();
        var other = System.Text.Json.JsonSerializer.Serialize("/" + name);
        var timeline = (await gateway.Client.CallAsync("query_timeline", $$"""{"vault_path":{{other}}}""")).Success();
        timeline.GetProperty("events").GetArrayLength().ShouldBe(1);
        Directory.GetFileSystemEntries(gateway.Home).ShouldBe([gateway.Data]);
        Directory.GetDirectories(Path.Combine(gateway.Data, "default", "vaults")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Vaults_lie_beside_each_other_never_one_inside_another()
    {
        await using var gateway = await RunningGateway.StartAsync();
        string[] names = ["a", "a/b", "a/b/events", "a%2Fb", "A"];
        foreach (var name in names)
            (await gateway.Client.CallAsync("init_vault", $$"""{"vault_path":"{{name}}"}""")).Success();
        foreach (var name in names)
            (await gateway.Client.CallAsync("append_event", $$$"""{"vault_path":"{{{name}}}","event_type":"note","data":{"name":"{{{name}}}"}}""")).Success();
        foreach (var name in names)
        {
            var only = (await gateway.Client.CallAsync("query_timeline", $$"""{"vault_path":"{{name}}"}""")).Success().GetProperty("events");
            only.GetArrayLength().ShouldBe(1);
            only[0].GetProperty("data").GetProperty("name").GetString().ShouldBe(name);
        }
    }

    [Theory]
    [InlineData("\"..\"")]
    [InlineData("\"a/../b\"")]
    [InlineData("\"/../../etc\"")]
    [InlineData("\"~root/x\"")]
    [InlineData("\"a\\u0000b\"")]
    [InlineData("\"a\\nb\"")]
    [InlineData("\"a\\\\b\"")]
    [InlineData("\"C:\\\\x\"")]
    [InlineData("\"C:/x\"")]
    [InlineData("\"\"")]
    [InlineData("\".\"")]
    [InlineData("\"/\"")]
    [InlineData("\"././/.\"")]
    [InlineData("\"...\"")]
    [InlineData("\"a/..../b\"")]
    [InlineData("\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"")]
    public async Task What_could_climb_out_or_names_nothing_is_refused_with_a_sentence_and_changes_nothing(string path)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var before = Everything(gateway);
        foreach (var (tool, more) in new[]
        {
            ("init_vault", ""), ("append_event", ""","event_type":"note","data":{}"""), ("verify_chain", ""), ("query_timeline", ""),
        })
        {
            var sentence = (await gateway.Client.CallAsync(tool, $$"""{"vault_path":{{path}}{{more}}}""")).Failure();
            sentence.ShouldContain("vault_path");
            sentence.ShouldNotContain(gateway.Home);
        }
        Everything(gateway).ShouldBe(before);
    }

    [Theory]
    [InlineData("append_event", ""","event_type":"note","data":{}""")]
    [InlineData("verify_chain", "")]
    [InlineData("query_timeline", "")]
    public async Task An_unknown_vault_is_named_and_the_sentence_says_how_to_create_it(string tool, string more)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var failure = (await gateway.Client.CallAsync(tool, $$"""{"vault_path":"/nonexistent/path"{{more}}}""")).FailureObject();
        failure.GetProperty("code").GetString().ShouldBe("not_found");
        var sentence = failure.GetProperty("error").GetString()!;
        sentence.ShouldContain("vault_path is not a directory: nonexistent/path");
        sentence.ShouldContain("init_vault");
        sentence.ShouldNotContain(gateway.Home);
        Directory.Exists(Path.Combine(gateway.Data, "default", "vaults", "nonexistent%2Fpath")).ShouldBeFalse();
    }

    private static List<string> Everything(RunningGateway gateway) =>
        [.. Directory.GetFileSystemEntries(gateway.Home, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
