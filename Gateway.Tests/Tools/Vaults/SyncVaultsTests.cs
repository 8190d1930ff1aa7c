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
            CultureInfo.InvariantCulture, $$"""{"success":true,"imported_count":{{((string)a["delta"]!).Length}},"rejected_count":0,"new_state_hash":"{{a["delta"]}}","errors":[]}""");
        var answer = await Http.CallAsync("sync_vaults", """{"local":"here","remote":"there"}""");
        answer.IsToolError.ShouldBeFalse(answer.Text);
        var result = answer.Result["structuredContent"]!;
        Tenants["here"].Calls.Select(c => c.Split(' ')[0]).ShouldBe(["import_delta", "import_delta", "import_delta"]);
        Tenants["there"].Calls.Select(c => c.Split(' ')[0]).ShouldBe(["export_delta", "export_delta", "export_delta"]);
        result["success"]!.GetValue<bool>().ShouldBeTrue();
        ((int)result["imported_count"]!, (int)result["events_merged"]!, (string)result["new_state_hash"]!).ShouldBe((11, 7, "three"));
    }

    [Fact]
    public async Task What_was_rejected_is_told()
    {
        Tenants["there"].Results["export_delta"] = _ => """{"delta":"one","event_count":1,"next_since":null}""";
        Tenants["here"].Results["import_delta"] = _ => """{"success":false,"imported_count":0,"rejected_count":1,"errors":["evt_1: the signature is wrong"]}""";
        var result = (await Http.CallAsync("sync_vaults", """{"local":"here","remote":"there"}""")).Result["structuredContent"]!;
        result["success"]!.GetValue<bool>().ShouldBeFalse();
        ((int)result["rejected_count"]!, (int)result["error_count"]!, (string)result["errors"]![0]!).ShouldBe((1, 1, "evt_1: the signature is wrong"));
        result["new_state_hash"].ShouldBeNull();
        result["fork_count"].ShouldBeNull();
    }
}
