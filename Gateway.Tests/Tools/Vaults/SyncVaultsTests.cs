using System.Globalization;

namespace Granary.Gateway.Tests.Tools.Vaults;

/// <summary>Syncing two vaults of a tenant, a piece at a time.</summary>
public sealed class SyncVaultsTests : FakeVaultTests
{
    [Fact]
    public async Task Pieces_go_from_the_remote_vault_to_the_local_one_until_there_are_no_more()
    {
        Tenants["there"].Results["export_delta"] = a => (string?)a["since_hash"] switch
        {
            null => """{"delta":"one","event_count":1000,"next_since":"evt_a"}""",
            "evt_a" => """{"delta":"two","event_count":1000,"next_since":"evt_b"}""",
            _ => """{"delta":"three","event_count":2,"next_since":null}""",
        };
        Tenants["here"].Results["import_delta"] = a => string.Create(
            CultureInfo.InvariantCulture, $$"""{"success":true,"imported_count":{{((string)a["delta"]!).Length}},"rejected_count":0,"error_count":0,"fork_count":1,"errors":[]}""");
        Tenants["here"].Results["export_state"] = _ => """{"event_count":14,"state_hash":"three"}""";
        var answer = await Http.CallAsync("sync_vaults", """{"local":"here","remote":"there","trusted_keys":["bp1_a"]}""");
        answer.IsToolError.ShouldBeFalse(answer.Text);
        var result = answer.Result["structuredContent"]!;
        Tenants["here"].Calls.Select(c => c.Split(' ')[0]).ShouldBe(["import_delta", "import_delta", "import_delta", "export_state"]);
        Tenants["here"].Calls.ShouldAllBe(c => c.StartsWith("export_state", StringComparison.Ordinal) || c.Contains("\"trusted_keys\":[\"bp1_a\"]", StringComparison.Ordinal));
        Tenants["there"].Calls.Select(c => c.Split(' ')[0]).ShouldBe(["export_delta", "export_delta", "export_delta"]);
        result["success"]!.GetValue<bool>().ShouldBeTrue();
        ((int)result["imported_count"]!, (int)result["events_merged"]!, (string)result["new_state_hash"]!).ShouldBe((11, 14, "three"));
        ((int)result["fork_count"]!).ShouldBe(3);
    }

    [Fact]
    public async Task What_was_rejected_is_told_and_nothing_follows_it()
    {
        Tenants["there"].Results["export_delta"] = _ => """{"delta":"one","event_count":1,"next_since":"evt_a"}""";
        Tenants["here"].Results["export_state"] = _ => """{"event_count":14,"state_hash":"three"}""";
        Tenants["here"].Results["import_delta"] = _ =>
            """{"success":false,"imported_count":0,"rejected_count":1,"error_count":1,"fork_count":0,"errors":["evt_1: the signature is wrong"]}""";
        var result = (await Http.CallAsync("sync_vaults", """{"local":"here","remote":"there"}""")).Result["structuredContent"]!;
        result["success"]!.GetValue<bool>().ShouldBeFalse();
        ((int)result["rejected_count"]!, (int)result["error_count"]!, (string)result["errors"]![0]!).ShouldBe((1, 1, "evt_1: the signature is wrong"));
        Tenants["there"].Calls.Count.ShouldBe(1);
    }
}
