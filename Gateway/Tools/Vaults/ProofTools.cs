using System.Text.Json;

namespace Granary.Gateway.Tools.Vaults;

/// <summary>
/// <c>verify_vault</c>. Two older servers only looked whether files or the path were there (10.2, 10.3); this one checks what their descriptions say,
/// and reports as hunt-mcp did (10.4).
/// </summary>
internal sealed class VerifyVaultTool(VaultAccess access) : OperationTool(access, new(
    "verify_vault", "Verify vault",
    "Verify a whole vault: files, ids, chains, signatures, keys, manifest, Merkle root and reducer. Returns each check and each finding.")
{
    Vault = VaultArgument.OrDefault,
    TellsVault = true,
    IsLong = true,
    Input = """
        "mode":{"type":"string","enum":["strict","compatible"],"default":"strict","description":"compatible judges as Provara's own programs do, strict asks for more"}
        """,
    Output = """
        "passed":{"type":"integer","description":"Checks without an error"},"failed":{"type":"integer"},"overall":{"type":"string","enum":["PASS","FAIL"]},
        "valid":{"type":"boolean"},"format":{"type":"string"},"mode":{"type":"string"},"event_count":{"type":"integer"},"head":{"type":"string"},
        "root":{"anyOf":[{"type":"string"},{"type":"null"}],"description":"Root of the event tree"},
        "errors":{"type":"integer"},"warnings":{"type":"integer"},"finding_count":{"type":"integer"},
        "checks":{"type":"array","items":{"type":"object","properties":{
          "name":{"type":"string"},"summary":{"type":"string"},"errors":{"type":"integer"},"warnings":{"type":"integer"} } }},
        "checkers":{"type":"array","items":{"type":"object"},"description":"Which of Provara's own checkers would accept the vault"},
        "findings":{"type":"array","items":{"type":"object","properties":{
          "position":{"anyOf":[{"type":"integer"},{"type":"null"}]},"event_id":{"anyOf":[{"type":"string"},{"type":"null"}]},"rule":{"type":"string"},"code":{"anyOf":[{"type":"string"},{"type":"null"}]},
          "severity":{"type":"string"},"reason":{"type":"string"} } }}
        """,
    Adds = Sum,
})
{
    private static void Sum(JsonElement report, Utf8JsonWriter json)
    {
        var (passed, failed) = (0, 0);
        foreach (var check in report.GetProperty("checks").EnumerateArray())
        {
            if (check.GetProperty("errors").GetInt64() == 0)
                passed++;
            else
                failed++;
        }
        json.WriteNumber("passed", passed);
        json.WriteNumber("failed", failed);
        json.WriteString("overall", report.GetProperty("valid").GetBoolean() ? "PASS" : "FAIL");
    }
}

/// <summary><c>prove_event</c>.</summary>
internal sealed class ProveEventTool(VaultAccess access) : OperationTool(access, new(
    "prove_event", "Prove event",
    "Proof that an event, by id or position, is in the vault, against a signed head: anyone with the public key can check it without the vault.")
{
    IsLong = true,
    Input = """
        "event_id":{"type":"string","minLength":1,"maxLength":128},
        "position":{"type":"integer","minimum":0,"maximum":2147483647,"description":"Instead of event_id: its place in the log, from 0"}
        """,
    Output = """ "proof":{"type":"object","description":"Event, inclusion proof and signed head"},"public_key":{"type":"string"} """,
});

/// <summary><c>prove_consistency</c>.</summary>
internal sealed class ProveConsistencyTool(VaultAccess access) : OperationTool(access, new(
    "prove_consistency", "Prove consistency", "Proof that the vault only grew between two sizes: nothing of the first so many events was changed or removed.")
{
    IsLong = true,
    Input = """
        "first_count":{"type":"integer","minimum":0,"maximum":2147483647,"description":"Number of events of the earlier head"},
        "second_count":{"type":"integer","minimum":0,"maximum":2147483647,"description":"Number of events of the later head; now where left out"}
        """,
    Required = ["first_count"],
    Output = """
        "proof":{"type":"object"},"signed_head":{"anyOf":[{"type":"object"},{"type":"null"}],"description":"Null where second_count is not the present size"},"public_key":{"type":"string"}
        """,
});

/// <summary><c>get_signed_head</c>.</summary>
internal sealed class GetSignedHeadTool(VaultAccess access) : OperationTool(access, new(
    "get_signed_head", "Get signed head",
    "Where the vault stands, signed with its key: number of events, hash of the last one, root of the event tree. Keep it: a vault that lost events cannot match it.")
{
    IsLong = true,
    Output = """
        "signed_head":{"type":"object","properties":{"count":{"type":"integer"},"head":{"type":"string"},"root":{"type":"string"},"sig":{"type":"string"} },"required":["count","head","root","sig"]},
        "public_key":{"type":"string","description":"Raw Ed25519 public key in Base64"}
        """,
});
