using Granary.Gateway.Tests.Support;
using Granary.Grains.Hosting;
using Granary.Hosting.Configuration;

namespace Granary.Gateway.Tests.Hosting;

/// <summary>The silos keep what the operator holds, whatever a gateway lets through.</summary>
public sealed class ClusterHoldTests : ClusterTests
{
    [Fact]
    public async Task A_silo_redacts_nothing_in_a_vault_that_its_settings_hold_and_the_client_is_told_why()
    {
        var holds = LegalHoldReader.Read(new Settings(name => name == "GRANARY_LEGAL_HOLD" ? "acme, default/held/*" : null));
        Silo = await TestSilo.StartAsync(Redis, Key, change: settings => settings with { Holds = holds });
        await using var running = await StartAsync();
        foreach (var vault in (string[])["held/notes", "notes"])
        {
            (await running.Gateway.Http.CallAsync("init_vault", $$"""{"vault_path":"{{vault}}","format":"backpack"}""")).ShouldSucceed();
            var appended = await running.Gateway.Http.CallAsync("append_event", $$"""{"data":{"subject":"s","predicate":"p","value":1},"event_type":"OBSERVATION","vault_path":"{{vault}}"}""");
            var id = (string)appended.Result["structuredContent"]!["event_id"]!;
            var answer = await running.Gateway.Http.CallAsync("redact_event", $$"""{"vault_path":"{{vault}}","event_id":"{{id}}","reason":"OTHER"}""");
            answer.IsToolError.ShouldBe(vault == "held/notes");
            if (answer.IsToolError)
                answer.ToolText.ShouldContain("is under a legal hold");
        }
    }
}
